"""The differences between two publications, row by row, for the review of the last refresh."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from warehouse.connect import literal, opened, quoted, quoted_list
from warehouse.mirror import RUN_TABLES

LARGEST = 5
"""Maximum number of numeric changes listed per table."""

NOT_COMPARED = frozenset({"core.fct_trade_input"})
"""Tables that record which code and files built a period, which changes without any figure."""

PERIOD = "period"
"""The column by which rows without changes are skipped."""

_NUMERIC = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE"})


@dataclass(frozen=True, slots=True)
class Change:
    """A changed figure. ``change_pct`` is a percentage of the old figure; None if that was 0 or absent."""

    key: dict[str, str | None]
    column: str
    old: float | None
    new: float | None
    change_pct: float | None


@dataclass(frozen=True, slots=True)
class TableDiff:
    """Rows of one table that were added, removed, or changed under the same key.

    Without a key, a changed row counts as one removed and one added. ``columns_added`` and
    ``columns_removed`` are left out of the comparison.
    """

    table: str
    added: int
    removed: int
    changed: int
    columns_added: list[str]
    columns_removed: list[str]
    largest: list[Change]

    @property
    def is_empty(self) -> bool:
        """Whether the two sides are equal."""
        counts = self.added + self.removed + self.changed
        return not (counts or self.columns_added or self.columns_removed)


def write_diff(old: Path, new: Path, folder: Path, unchanged: Collection[str] = ()) -> list[TableDiff]:
    """Compare two publications and write `diff.json` and `diff.md` into ``folder`` (changed tables only)."""
    diffs = compare(old, new, unchanged)
    (folder / "diff.json").write_text(json.dumps([asdict(diff) for diff in diffs], indent=2) + "\n")
    (folder / "diff.md").write_text(markdown(diffs))
    return diffs


def compare(old: Path, new: Path, unchanged: Collection[str] = ()) -> list[TableDiff]:
    """The tables that differ between two published files, except dictionaries and records of runs and builds.

    Tables in ``unchanged`` (as ``schema.table``) are not read.
    """
    with opened() as con:
        con.execute(f"attach {literal(str(old))} as old (read_only)")
        con.execute(f"attach {literal(str(new))} as new (read_only)")
        keys = {
            (schema, table): grain.split(", ") if grain else []
            for schema, table, grain in con.execute(
                "select schema_name, table_name, grain from new.meta.table_dictionary"
            ).fetchall()
        }
        diffs = [
            _compare_table(con, schema, table, keys.get((schema, table), []))
            for schema, table in con.execute(
                "select distinct schema_name, table_name from duckdb_tables()"
                " where database_name in ('old', 'new')"
                " and not (schema_name = 'meta' and"
                " (table_name in (select unnest($1)) or table_name like '%_dictionary')) order by all",
                [sorted(RUN_TABLES)],
            ).fetchall()
            if f"{schema}.{table}" not in NOT_COMPARED.union(unchanged)
        ]
    return [diff for diff in diffs if not diff.is_empty]


def markdown(diffs: Sequence[TableDiff]) -> str:
    """The report as Markdown: a table of counts, then the largest changes."""
    if not diffs:
        return "No table changed.\n"
    lines = ["| table | added | removed | changed | columns |", "| --- | ---: | ---: | ---: | --- |"]
    for diff in diffs:
        columns = [f"+{name}" for name in diff.columns_added] + [f"-{name}" for name in diff.columns_removed]
        lines.append(
            f"| {diff.table} | {diff.added:,} | {diff.removed:,} | {diff.changed:,} | {' '.join(columns)} |"
        )
    for diff in diffs:
        if diff.largest:
            lines += ["", f"Largest changes in {diff.table}:", ""]
            lines += [f"- {_sentence(change)}" for change in diff.largest]
    return "\n".join(lines) + "\n"


def markdown_text(text: str) -> str:
    """Escape published text for Markdown: no markup, HTML, link or image that a browser would fetch."""
    return re.sub(r"([\\`|<>\[\]!*_])", r"\\\1", text.replace("\n", " "))


def _sentence(change: Change) -> str:
    key = markdown_text(", ".join(f"{value}" for value in change.key.values()))
    moved = movement(change.column, change.old, change.new, change.change_pct)
    return f"{key}: {change.column} {_figure(change.old)} -> {_figure(change.new)}{moved}"


def movement(column: str, old: float | None, new: float | None, change_pct: float | None) -> str:
    """The change of a figure in percent, that of a percentage in points; empty if there is none."""
    if column.endswith("_pct"):
        return "" if old is None or new is None else f" ({new - old:+.1f} points)"
    return "" if change_pct is None else f" ({change_pct:+.1f} %)"


def _figure(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def _compare_table(con: duckdb.DuckDBPyConnection, schema: str, table: str, key: Sequence[str]) -> TableDiff:
    before, after = (_columns(con, side, schema, table) for side in ("old", "new"))
    if before == after and _fingerprint(con, "old", schema, table) == _fingerprint(con, "new", schema, table):
        return TableDiff(f"{schema}.{table}", 0, 0, 0, [], [], [])
    shared = [column for column in after if column in before]
    if shared:
        listed = quoted_list(shared)
        old, new = (f"select {listed} from {quoted(side, schema, table)} as t" for side in ("old", "new"))
        if PERIOD in shared:
            # do not report a new month against all of history
            con.execute(
                f"create or replace temp table moved as select {PERIOD} from ("
                f" select {PERIOD}, 1 as side, hash({listed})::hugeint as content from ({new})"
                f" union all select {PERIOD}, -1, hash({listed}) from ({old})"
                ") group by all having sum(side) != 0 or sum(side * content) != 0"
            )
            old, new = (
                f"{rows} semi join moved on t.{PERIOD} is not distinct from moved.{PERIOD}"
                for rows in (old, new)
            )
        con.execute(f"create or replace temp table gained as {new} except all {old}")
        con.execute(f"create or replace temp table lost as {old} except all {new}")
    else:
        con.execute(f"create or replace temp table gained as from {_rows(schema, table, 'new', after)}")
        con.execute(f"create or replace temp table lost as from {_rows(schema, table, 'old', before)}")
    keyed = bool(key) and set(key) <= set(shared)
    changed = _count(con, f"gained semi join lost using ({quoted_list(key)})") if keyed else 0
    figures = [column for column in shared if column not in key and _is_number(after[column])]
    return TableDiff(
        table=f"{schema}.{table}",
        added=_count(con, "gained") - changed,
        removed=_count(con, "lost") - changed,
        changed=changed,
        columns_added=[column for column in after if column not in before],
        columns_removed=[column for column in before if column not in after],
        largest=_largest(con, key, figures) if changed and figures else [],
    )


def _columns(con: duckdb.DuckDBPyConnection, side: str, schema: str, table: str) -> dict[str, str]:
    """Type of each column; empty if the file has no such table."""
    return dict(
        con.execute(
            "select column_name, data_type from duckdb_columns()"
            " where database_name = $1 and schema_name = $2 and table_name = $3 order by column_index",
            [side, schema, table],
        ).fetchall()
    )


def _fingerprint(con: duckdb.DuckDBPyConnection, side: str, schema: str, table: str) -> tuple[int, int]:
    """Row count and sum of the row hashes, independent of order: most tables do not change in a night."""
    hashed = f"select count(*), coalesce(sum(hash(t)::hugeint), 0) from {quoted(side, schema, table)} as t"
    count, total = con.execute(hashed).fetchall()[0]
    return count, total


def _rows(schema: str, table: str, side: str, columns: dict[str, str]) -> str:
    """The table in one file, or no rows if the file lacks it."""
    return quoted(side, schema, table) if columns else "(select 1 where false)"


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(con.execute(f"select count(*) from {rows}").fetchall()[0][0])


def _is_number(data_type: str) -> bool:
    return data_type.startswith("DECIMAL") or data_type in _NUMERIC


def _largest(con: duckdb.DuckDBPyConnection, key: Sequence[str], figures: Sequence[str]) -> list[Change]:
    """The largest relative changes; an added or removed figure counts as 100 %."""
    named = ", ".join(f"{literal(column)}: gained.{quoted(column)}::varchar" for column in key)
    moved = " union all ".join(
        f"select {{{named}}} as key, {literal(figure)} as figure,"
        f" lost.{quoted(figure)}::double as old, gained.{quoted(figure)}::double as new"
        f" from gained join lost using ({quoted_list(key)})"
        f" where gained.{quoted(figure)} is distinct from lost.{quoted(figure)}"
        for figure in figures
    )
    rows = con.execute(
        f"""
        select key, figure, old, new, 100 * (new - old) / nullif(abs(old), 0) as change_pct
        from ({moved})
        order by
            abs(coalesce(change_pct, 100)) desc, abs(coalesce(new, 0) - coalesce(old, 0)) desc, key, figure
        limit {LARGEST}
        """
    ).fetchall()
    return [Change(*row) for row in rows]
