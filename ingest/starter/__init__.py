"""The starter: an extract of real figures with which a first run is complete without a network or keys."""
