"""All fetched sources against servers that respond as documented, and against faulty servers."""

import atexit
import importlib
import logging
import shutil
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import cast

import pytest

from ingest.archive import Archive
from ingest.contracts import FileFacts
from ingest.fetch import LiveModule
from ingest.parsed import parse_file
from ingest.refresh import SourceOutcome
from orchestration.pipeline.sources import modules
from tests.ingest.live import NOW, refresh
from tests.ingest.publishers import KEYS, PUBLISHERS
from tests.ingest.servers import ANY, HTML, Reply, serve

SOURCES = sorted(PUBLISHERS)
# Probes that show whether anything changed: a release's name, a list of files, a page of links.
PROBES = {"usgs_mcs", "usgs_outlook", "usitc_hts", "worldbank_prices"}
LIVE_ONLY_FROM_STARTER = {"usitc_hts__chapter99_product", "usgs_mcs__import_ranks"}


def module(source_id: str) -> LiveModule:
    return cast("LiveModule", importlib.import_module(f"ingest.sources.{source_id}"))


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_live_run_fills_every_table_and_a_second_one_finds_nothing_new(
    source_id: str, tmp_path: Path
) -> None:
    source, key = module(source_id), KEYS.get(source_id)
    with serve(PUBLISHERS[source_id](NOW)) as server:
        first = refresh(source, tmp_path, server, key=key)
        bodies, asked = server.body_bytes, len(server.asked)
        second = refresh(source, tmp_path, server, NOW + timedelta(hours=20), key=key)
        again = server.body_bytes - bodies
    assert (first.mode, first.problems, first.quarantined) == ("live", (), ())
    assert first.changed
    filled = {file.table for file in first.tables if file.rows}
    assert filled >= {table.name for table in source.SOURCE.tables} - LIVE_ONLY_FROM_STARTER
    assert sum(file.refused_rows for file in first.tables) == 0
    assert asked > 0
    assert (second.mode, second.changed, second.problems) == ("live", False, ())
    assert second.tables == first.tables
    assert again < (5_000 if source_id in PROBES else 200)


@cache
def good_run(source_id: str) -> tuple[Path, SourceOutcome]:
    """A home in which the source was fetched once, shared by all faults."""
    home = Path(mkdtemp(prefix=f"{source_id}-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with serve(PUBLISHERS[source_id](NOW)) as server:
        return home, refresh(module(source_id), home, server, key=KEYS.get(source_id))


@pytest.mark.long
@pytest.mark.parametrize("source_id", SOURCES)
def test_a_byte_order_mark_changes_no_row(source_id: str, tmp_path: Path) -> None:
    home, _ = good_run(source_id)
    archive = Archive(home / "archive")
    for record in archive.records(source_id)[:2]:
        try:
            text = archive.path(record).read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            continue  # an archive, a workbook, or text in another encoding, which has no mark
        marked = tmp_path / "marked"
        marked.write_bytes(text.encode("utf-8-sig"))
        facts = FileFacts(record.name, record.partition, record.vintage)
        expected = parse_file(modules()[source_id], archive.path(record), facts)
        found = parse_file(modules()[source_id], marked, facts)
        assert found.keys() == expected.keys()
        for table, accepted in expected.items():
            assert found[table].rows.equals(accepted.rows)


def in_force(outcome: SourceOutcome) -> list[tuple[object, ...]]:
    return [(file.table, file.archive_id, file.vintage, file.mode, file.rows) for file in outcome.tables]


RUBBISH = b"\x00\x01rubbish\xff" * 99
FAULTS = {
    "refuses": None,
    "hangs": Reply(b"{}", stall_s=2),
    "serves a page": HTML,
    "serves rubbish": Reply(RUBBISH, content_type="application/octet-stream", validators=False),
    "is broken": Reply(b"oops", 500, validators=False),
    "is gone": Reply(b"gone", 410, validators=False),
}


@pytest.mark.parametrize("source_id", SOURCES)
@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=pytest.mark.long) if fault == "hangs" else fault for fault in FAULTS]
)
def test_a_failing_source_keeps_its_files_in_force(source_id: str, fault: str, tmp_path: Path) -> None:
    home, good = good_run(source_id)
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    reply, patience = FAULTS[fault], 0.002 if fault == "hangs" else 1.0
    with serve({ANY: reply} if reply else {}) as server:
        if reply is None:
            server.url = "http://127.0.0.1:9"
        later, key = NOW + timedelta(days=200), KEYS.get(source_id)
        bad = refresh(module(source_id), tmp_path, server, later, key=key, patience=patience)
    assert bad.mode == "archived"
    assert bad.problems[0] in bad.note
    assert in_force(bad) == in_force(good)
    assert bad.fetched_at == NOW


@pytest.mark.parametrize("source_id", sorted(KEYS))
def test_a_key_stays_out_of_archive_outcome_and_logs(
    source_id: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = KEYS[source_id]
    with serve(PUBLISHERS[source_id](NOW)) as server:
        outcome = refresh(module(source_id), tmp_path, server, key=key)
        server.routes = {ANY: lambda asked: Reply(f"bad key {key} {asked.path}".encode(), 400, "text/plain")}
        failed = refresh(module(source_id), tmp_path, server, NOW + timedelta(days=200), key=key)
    assert outcome.mode == "live"
    assert failed.problems
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert key.encode() not in kept
    assert key not in f"{outcome} {failed} {caplog.text}"
