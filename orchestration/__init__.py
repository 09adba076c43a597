"""The night's work as Dagster assets, and the command line in front of it."""
