"""Bytes in: one module a source, one polite HTTP session, one immutable archive. Knows neither DuckDB nor Dagster."""
