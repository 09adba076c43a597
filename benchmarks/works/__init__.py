"""One module a work: what it is made of, our way, the peers and the limit."""
