"""Bytes in: a module a source, one polite HTTP session, one immutable archive. No DuckDB, no Dagster."""
