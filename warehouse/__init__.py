"""The DuckDB side: open the files, land parsed rows, publish a build, and read a publication back."""
