"""Compare two builds of one project, table by table and row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connect import literal, quoted, quoted_list

_FLOATS = ("DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class Compared:
    """One table in two builds: row counts, unmatched rows, and the largest difference between figures.

    Rows match if all columns other than figures are equal. Differences are relative for figures above 1, and
    infinite if only one of two matching rows has a figure.
    """

    table: str
    rows: int
    other_rows: int
    unmatched: int
    largest: float

    def __str__(self) -> str:
        """One line of the printed comparison."""
        return (
            f"{self.table:45}{self.rows:>12,}{self.other_rows:>12,}{self.unmatched:>11,}{self.largest:>20.1e}"
        )


HEAD = f"{'table':45}{'rows':>12}{'rows there':>12}{'unmatched':>11}{'largest difference':>20}"


def compare(first: Path, second: Path) -> Iterator[Compared]:
    """Compare every table of the first build with the table of the same name in the second."""
    with duckdb.connect() as con:
        con.execute("set memory_limit = '4GB'")
        for name, path in (("one", first), ("other", second)):
            con.execute(f"attach {literal(str(path))} as {name} (read_only)")
        found = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'one' order by all"
        ).fetchall()
        for schema, table in found:
            yield _compare(con, schema, table)


def _compare(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> Compared:
    columns = con.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = 'one' and schema_name = $1 and table_name = $2 order by column_index",
        [schema, table],
    ).fetchall()
    figures = [name for name, kind in columns if kind.startswith(_FLOATS)]
    key = [name for name, kind in columns if not kind.startswith(_FLOATS)]
    # types may be wider in the other engine; DuckDB's own types are compared
    shaped = ", ".join(f"{quoted(name)}::{kind} as {quoted(name)}" for name, kind in columns)
    rank = ", ".join(f"round({quoted(name)}, 6)" for name in figures) or "1"
    for side in ("one", "other"):
        con.execute(
            f"create or replace temp table {side}_rows as"
            f" select *, row_number() over (partition by {quoted_list(key)} order by {rank}) as _place"
            f" from (select {shaped} from {side}.{quoted(schema, table)})"
        )
    gaps = [
        f"max(case when ({a} is null) != ({b} is null) then 'infinity'::double when {a} = {b} then 0"
        f" else abs({a} - {b}) / greatest(1, abs({a})) end)"
        for a, b in ((f"one_rows.{quoted(name)}", f"other_rows.{quoted(name)}") for name in figures)
    ]
    on = " and ".join(
        f"one_rows.{quoted(name)} is not distinct from other_rows.{quoted(name)}" for name in [*key, "_place"]
    )
    rows, other_rows = (
        con.execute(f"select count(*) from {side}_rows").fetchall()[0][0] for side in ("one", "other")
    )
    joined, *worst = con.execute(
        f"select {', '.join(['count(*)', *gaps])} from one_rows inner join other_rows on {on}"
    ).fetchall()[0]
    largest = max((gap for gap in worst if gap is not None), default=0.0)
    return Compared(f"{schema}.{table}", rows, other_rows, max(rows, other_rows) - joined, float(largest))
