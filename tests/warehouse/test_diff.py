"""The diff of two publications counts every row once and lists the largest changes."""

from pathlib import Path

import duckdb
import pytest

from warehouse.diff import Change, TableDiff, compare, markdown, movement

OLD = """
    ('USMCA', 'cobalt', 100.0, 5), ('USMCA', 'nickel', 50.0, 5),
    ('USA', 'cobalt', null, 5), ('USA', 'tin', 4.0, 5)
"""
NEW = """
    ('USMCA', 'cobalt', 110.0, 5), ('USMCA', 'nickel', 50.0, 5),
    ('USA', 'cobalt', 7.0, 5), ('USA', 'zinc', 4.0, 5)
"""


def published(path: Path, rows: str, extra: str = "", key: str = "'area, mineral_id'") -> Path:
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute(
            f"""
            create schema meta;
            create schema marts;
            create table marts.dependency as
            select * from (values {rows}) as t (area, mineral_id, pct, weight);
            create table meta.table_dictionary as
            select 'marts' as schema_name, 'dependency' as table_name, {key}::varchar as grain;
            create table meta.build_info as select random() as build_id;
            {extra}
            """
        )
    return path


def test_rows_are_matched_by_key(tmp_path: Path) -> None:
    old, new = published(tmp_path / "1" / "old.duckdb", OLD), published(tmp_path / "2" / "new.duckdb", NEW)
    assert compare(old, new) == [
        TableDiff(
            table="marts.dependency",
            added=1,
            removed=1,
            changed=2,
            columns_added=[],
            columns_removed=[],
            largest=[
                Change({"area": "USA", "mineral_id": "cobalt"}, "pct", None, 7.0, None),
                Change({"area": "USMCA", "mineral_id": "cobalt"}, "pct", 100.0, 110.0, pytest.approx(10.0)),
            ],
        )
    ]


def test_rows_of_all_periods_are_matched(tmp_path: Path) -> None:
    rows = "(1, date '2026-01-01', 1), (1, date '2026-02-01', 2), (1, null, 3), (2, date '2026-02-01', 4)"
    added = (
        rows.replace("'2026-02-01', 2", "'2026-02-01', 5").replace("null, 3", "null, 6") + ", (3, null, 7)"
    )
    sides = [
        published(
            tmp_path / side / "x.duckdb",
            OLD,
            "create table marts.trade as select * from"
            f" (values {values}, (1, date '2026-03-01', 8)) as t (area, period, value);"
            "insert into meta.table_dictionary values ('marts', 'trade', 'area, period')",
        )
        for side, values in (("old", rows), ("new", added))
    ]
    (diff,) = compare(*sides)
    # a key that is partly null identifies no row: such a row counts as removed and added
    assert (diff.added, diff.removed, diff.changed) == (2, 1, 1)
    assert [(change.key["period"], change.old, change.new) for change in diff.largest] == [
        ("2026-02-01", 2, 5)
    ]


def test_without_a_key_a_changed_row_is_removed_and_added(tmp_path: Path) -> None:
    old = published(tmp_path / "1" / "old.duckdb", OLD, key="null")
    new = published(tmp_path / "2" / "new.duckdb", NEW, key="null")
    (diff,) = compare(old, new)
    assert (diff.added, diff.removed, diff.changed, diff.largest) == (3, 3, 0, [])


def test_the_same_rows_differ_in_nothing(tmp_path: Path) -> None:
    old, new = published(tmp_path / "1" / "old.duckdb", OLD), published(tmp_path / "2" / "new.duckdb", OLD)
    assert compare(old, new) == []
    assert markdown([]) == "No table changed.\n"


def test_a_record_of_the_build_is_no_difference(tmp_path: Path) -> None:
    old, new = (
        published(
            tmp_path / side / "x.duckdb",
            OLD,
            f"create schema core; create table core.fct_trade_input as select '{side}' as fingerprint;",
        )
        for side in ("old", "new")
    )
    assert compare(old, new) == []


def test_new_tables_and_columns_are_named(tmp_path: Path) -> None:
    old = published(tmp_path / "1" / "old.duckdb", OLD)
    extra = "alter table marts.dependency add column note varchar; create table marts.extra as select 1 as a;"
    new = published(tmp_path / "2" / "new.duckdb", OLD, extra)
    dependency, added = compare(old, new)
    assert (dependency.columns_added, dependency.changed) == (["note"], 0)
    assert (added.table, added.added, added.columns_added) == ("marts.extra", 1, ["a"])
    dropped = compare(new, old)[1]
    assert (dropped.removed, dropped.columns_removed) == (1, ["a"])


def test_the_report_reads_as_sentences(tmp_path: Path) -> None:
    old, new = published(tmp_path / "1" / "old.duckdb", OLD), published(tmp_path / "2" / "new.duckdb", NEW)
    report = markdown(compare(old, new))
    assert "| marts.dependency | 1 | 1 | 2 |  |" in report
    assert "- USMCA, cobalt: pct 100 -> 110 (+10.0 %)" in report
    assert "- USA, cobalt: pct none -> 7\n" in report


@pytest.mark.parametrize(
    ("column", "old", "new", "change_pct", "text"),
    [
        ("imports_t", 100.0, 110.0, 10.0, " (+10.0 %)"),
        ("imports_t", 0.0, 110.0, None, ""),
        ("net_import_reliance_pct", 40.0, 50.0, 25.0, " (+10.0 points)"),
        ("net_import_reliance_pct", 0.0, 2.0, None, " (+2.0 points)"),
        ("net_import_reliance_pct", None, 2.0, None, ""),
    ],
)
def test_a_percentage_moves_by_points(
    column: str, old: float | None, new: float, change_pct: float | None, text: str
) -> None:
    assert movement(column, old, new, change_pct) == text
