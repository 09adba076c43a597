"""The benchmarks, one module each: input, our contender, the peers and the theoretical limit."""
