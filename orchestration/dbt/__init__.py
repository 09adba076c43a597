"""The dbt project in Dagster: manifest, process, asset keys, lineage, failures, documentation."""
