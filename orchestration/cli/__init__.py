"""The command line `minerals`."""
