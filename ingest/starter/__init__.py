"""The starter: an extract of real figures that makes a first run complete without a network or keys."""
