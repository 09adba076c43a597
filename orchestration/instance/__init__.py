"""Dagster's instance, and every place where its private parts are touched."""
