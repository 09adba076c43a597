"""Assets, one module a layer: source -> raw -> staging, core, marts, meta -> published -> brief."""
