"""Benchmarks: the cost of the warehouse, compared with its peers and with the minimum for the work."""
