"""Dagster's instance, and all code that touches Dagster's private parts."""
