"""Assets, one module per layer: source -> raw -> staging, core, marts, meta -> published -> brief."""
