"""Which files of a table are current if a publisher has stated a partition more than once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from ingest.parsed import ParsedFile
from ingest.refresh import SourceOutcome
from orchestration.pipeline.raw_layer import in_force, load_table, open_raw
from warehouse import raw_tables
from warehouse.connect import Engine


def parsed(archive_id: str, vintage: date, partition: str = "2026-01") -> ParsedFile:
    return ParsedFile("t", Path(archive_id), archive_id, partition, vintage, "live", 1)


def test_of_two_files_of_a_day_the_later_counts() -> None:
    morning, evening = parsed("ff", date(2026, 3, 5)), parsed("aa", date(2026, 3, 5))
    february = parsed("bb", date(2026, 3, 5), "2026-02")
    assert in_force([morning, evening, february]) == [evening, february]


def test_bytes_seen_again_count_by_their_last_vintage() -> None:
    before, revised, again = (
        parsed("aa", date(2026, 3, 5)),
        parsed("bb", date(2026, 4, 5)),
        parsed("aa", date(2026, 5, 5)),
    )
    assert in_force([before, revised, again]) == [again, revised]


def test_rows_corrected_on_the_same_day_are_not_in_raw(tmp_path: Path) -> None:
    """Models see one statement per day, although the second refresh reports only the second file."""

    def stated(archive_id: str, figure: int) -> SourceOutcome:
        file = replace(parsed(archive_id, date(2026, 3, 5)), path=tmp_path / archive_id)
        rows = {"figure": [figure], "_archive_id": [archive_id], "_partition": [file.partition]}
        frame = pl.DataFrame(rows).with_columns(_vintage=pl.lit(file.vintage), _mode=pl.lit("live"))
        frame.write_parquet(file.path)
        return SourceOutcome("s", "live", True, "", None, None, tables=(file,))

    with open_raw(tmp_path / "raw.duckdb", Engine()) as con:
        raw_tables.ensure_tables(con, {"t": {"figure": "BIGINT"}})
        for archive_id, figure in (("aa", 1), ("bb", 2), ("aa", 1)):
            load_table(con, "t", stated(archive_id, figure), tmp_path)
            assert con.execute("select figure from t").fetchall() == [(figure,)]
