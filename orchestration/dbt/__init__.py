"""The dbt project as Dagster sees it: manifest, process, assets' keys, lineage, failures, documentation."""
