"""Fetch and parse: one module per source, one HTTP session, one immutable archive. No DuckDB, no Dagster."""
