"""Formats that publishers use, read strictly: CSV, ZIP members, printed values, and limits on size."""
