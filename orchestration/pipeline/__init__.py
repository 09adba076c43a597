"""What a refresh does, step by step, in plain Python. Nothing here imports Dagster."""
