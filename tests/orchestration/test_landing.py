"""Which of a table's files count, where a publisher has stated a partition more than once."""

from datetime import date
from pathlib import Path

from ingest.refresh import ParsedFile
from orchestration.landing import in_force


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
