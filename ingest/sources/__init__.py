"""One module per source. Nothing outside a module knows its source's wire format."""
