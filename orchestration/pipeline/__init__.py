"""The steps of a refresh in plain Python. Nothing here imports Dagster."""
