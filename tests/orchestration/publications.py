"""Small published files for tests of what is read from them."""

from pathlib import Path

import duckdb

TODAY = "2026-03-01"
"""The day on which the small publication was built."""


def small_publication(path: Path) -> Path:
    """A published file that holds a few rows of every table that the brief reads."""
    with duckdb.connect(str(path)) as con:
        con.execute(Path(__file__).with_name("small_publication.sql").read_text(encoding="utf-8"))
    return path
