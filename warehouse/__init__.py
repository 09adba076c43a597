"""The DuckDB side: open files, load parsed rows, publish a build, and read a publication."""
