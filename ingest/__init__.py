"""Fetch and parse: one module a source, one HTTP session, one immutable archive. No DuckDB, no Dagster."""
