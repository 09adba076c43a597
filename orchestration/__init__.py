"""The nightly pipeline as Dagster assets, and the command line `minerals`."""
