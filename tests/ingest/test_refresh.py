"""The states of a source: live, archived, starter; new vintages, refused files, drop-ins, and messages."""

import hashlib
import types
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from ingest import archive
from ingest.archive import Archive
from ingest.contracts import FileFacts, Frames
from ingest.fetch import Download, FetchContext, FetchOptions, RemoteFile
from ingest.http import Http
from ingest.http.retries import STRIKES_UNFINISHED
from ingest.refresh import Folders, SourceOutcome, refresh_source
from tests.ingest import toy
from tests.ingest.servers import HTML, Reply, Route, Server, serve

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
SEPTEMBER, OCTOBER = toy.prices("1", "2"), toy.prices("1", "2", "3")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    starter = tmp_path / "starter"
    starter.mkdir()
    rows = {"period": [date(2020, 1, 1)], "price": [9.0], "_archive_id": "f" * 64, "_partition": "2020-01"}
    frame = pl.DataFrame(rows).with_columns(pl.lit(date(2020, 2, 1)).alias("_vintage"))
    frame.write_parquet(starter / "toy__price.parquet")
    return Folders(tmp_path / "archive", tmp_path / "parsed", starter, tmp_path / "drop_in")


def routes(**changed: Route) -> dict[str, Route]:
    served: dict[str, Route] = {
        "/2026-09.csv": Reply(SEPTEMBER, content_type="text/csv"),
        "/2026-10.csv": Reply(OCTOBER, content_type="text/csv"),
    }
    return served | {f"/{name.replace('_', '-')}.csv": route for name, route in changed.items()}


def refresh(
    folders: Folders, server: Server | None = None, *, now: datetime = NOW, url: str = "", **ask: object
) -> SourceOutcome:
    if server is None and not url:
        return refresh_source(toy, folders, now)
    with Http(pace=0, patience=0.9) as http:
        asking = FetchOptions(http, server.url if server else url, **ask)  # type: ignore[arg-type]
        return refresh_source(toy, folders, now, asking)


def test_a_run_reads_the_records_of_a_source_once(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    months = tuple(date(2026, month, 1) for month in range(1, 11))
    files = {f"/{month:%Y-%m}.csv": Reply(toy.prices("1", "2", f"{month.month}")) for month in months}
    with serve(files) as server:
        refresh(folders, server, periods=months[:5])
        scans: list[str] = []
        read: list[Path] = []
        scan, parse = Path.glob, archive._record

        def counted_scan(path: Path, pattern: str) -> Iterator[Path]:
            scans.append(pattern)
            return scan(path, pattern)

        def counted_record(sidecar: Path) -> archive.Record:
            read.append(sidecar)
            return parse(sidecar)

        monkeypatch.setattr(Path, "glob", counted_scan)
        monkeypatch.setattr(archive, "_record", counted_record)
        outcome = refresh(folders, server, periods=months, now=NOW + timedelta(days=1))
    assert outcome.note == "new: 2026-06.csv, 2026-07.csv, 2026-08.csv and 2 more; 5 unchanged"
    assert len(outcome.records) == len(months)
    assert scans.count("*.record.json") == 1, "the folder is listed once, however many files are admitted"
    assert len(read) == len(set(read)) == 5, "a record written in this run is not read again"


def served(outcome: SourceOutcome) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(file.path) for file in outcome.tables], how="diagonal_relaxed")


def test_a_first_live_run_archives_parses_and_reports(folders: Folders) -> None:
    with serve(routes()) as server:
        outcome = refresh(folders, server)
    assert (outcome.mode, outcome.changed, outcome.newest_period) == ("live", True, date(2026, 3, 1))
    assert outcome.note == "new: 2026-09.csv, 2026-10.csv"
    assert outcome.fetched_at == NOW
    assert [record.partition for record in outcome.records] == ["2026-09", "2026-10"]
    assert {record.vintage for record in outcome.records} == {date(2026, 11, 16)}
    rows = served(outcome).filter(pl.col("_mode") != "starter")
    assert set(rows["_mode"]) == {"live"}
    assert set(rows["_archive_id"]) == {
        hashlib.sha256(SEPTEMBER).hexdigest(),
        hashlib.sha256(OCTOBER).hexdigest(),
    }
    assert rows.columns == ["period", "price", "_archive_id", "_partition", "_vintage", "_mode"]
    assert sum(file.rows for file in outcome.tables if file.mode == "live") == rows.height == 5


def test_a_second_run_without_changes_downloads_and_parses_nothing(folders: Folders) -> None:
    with serve(routes()) as server:
        first = refresh(folders, server)
        bodies = server.body_bytes
        written = {file.path: file.path.stat().st_mtime_ns for file in first.tables}
        second = refresh(folders, server, now=NOW + timedelta(days=1))
        assert server.body_bytes == bodies
    assert (second.mode, second.changed, second.note) == ("live", False, "2 unchanged")
    assert second.tables == first.tables
    assert {file.path: file.path.stat().st_mtime_ns for file in second.tables} == written


def test_a_server_without_validators_makes_no_new_vintage_of_the_same_bytes(folders: Folders) -> None:
    bare = routes(
        **{"2026_09": Reply(SEPTEMBER, validators=False), "2026_10": Reply(OCTOBER, validators=False)}
    )
    with serve(bare) as server:
        refresh(folders, server)
        second = refresh(folders, server)
    assert (second.changed, len(second.records)) == (False, 2)


def test_a_revised_month_is_an_additional_vintage(folders: Folders) -> None:
    with serve(routes()) as server:
        refresh(folders, server)
        server.routes |= routes(**{"2026_09": Reply(toy.prices("1", "2.5"), last_modified="")})
        outcome = refresh(folders, server, now=NOW + timedelta(days=30))
    september = [file for file in outcome.tables if file.partition == "2026-09"]
    assert [file.vintage for file in september] == [date(2026, 11, 16), date(2026, 12, 23)]
    assert outcome.changed


def test_bytes_put_back_are_the_newest_vintage_again(folders: Folders) -> None:
    with serve(routes()) as server:
        refresh(folders, server)
        server.routes |= routes(**{"2026_09": Reply(toy.prices("7", "7"), last_modified="")})
        refresh(folders, server, now=NOW + timedelta(days=1))
        server.routes |= routes()
        outcome = refresh(folders, server, now=NOW + timedelta(days=2))
    newest = Archive(folders.archive).newest("toy", "2026-09: 2026-09.csv")
    assert newest is not None
    assert (newest.archive_id, newest.vintage) == (hashlib.sha256(SEPTEMBER).hexdigest(), date(2026, 11, 25))
    assert len([file for file in outcome.tables if file.partition == "2026-09"]) == 3


def test_of_two_vintages_of_one_day_the_later_counts(folders: Folders) -> None:
    with serve(routes()) as server:
        refresh(folders, server)
        for hour, price in enumerate("78", 1):
            server.routes |= routes(**{"2026_09": Reply(toy.prices(price, price))})
            outcome = refresh(folders, server, now=NOW + timedelta(hours=hour))
    september = [file for file in outcome.tables if file.partition == "2026-09"]
    assert [pl.read_parquet(file.path)["price"].to_list() for file in september] == [[1.0, 2.0], [8.0, 8.0]]
    assert [file.vintage for file in september] == [date(2026, 11, 16), NOW.date()]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (HTML, "an HTML page was received"),
        (Reply(b""), "empty"),
        (Reply(b"period,price\n"), "less than the floor of 20"),
        (Reply(toy.prices("1")), "1 rows for toy__price is less than the floor of 2"),
        (Reply(toy.prices("1", "2", year=2024)), "before the current vintage"),
        (Reply(toy.prices("1", "2", year=2027)), "toy__price has figures for 2027-02-01, and today is 2026-"),
        (Reply(b"period,price\n" + b"\0" * 40), "not comma-separated"),
        (Reply(b"period,price\nnonsense,what,else,is,there\n"), "could not be parsed"),
        (Reply(OCTOBER), "the same content is already 2026-10.csv of 2026-10"),
        (Reply(status=500), "answered 500"),
        (Reply(SEPTEMBER, stall_s=2), "no data in time"),
        (
            Reply(status=302, headers={"Location": "http://elsewhere.invalid/"}),
            "not an address of this source",
        ),
    ],
)
def test_a_bad_answer_leaves_the_last_good_vintage_in_force(
    folders: Folders, reply: Reply, reason: str
) -> None:
    with serve(routes()) as server:
        good = refresh(folders, server)
        server.routes |= routes(**{"2026_09": reply})
        outcome = refresh(folders, server, now=NOW + timedelta(days=1))
    assert outcome.tables == good.tables
    assert any(reason in problem for problem in outcome.problems)
    assert reason in outcome.note
    assert outcome.mode == "live"


def test_a_refused_file_is_kept_with_its_reason(folders: Folders) -> None:
    with serve(routes(**{"2026_09": HTML})) as server:
        outcome = refresh(folders, server)
    (refused,) = outcome.quarantined
    assert (refused.name, refused.partition) == ("2026-09.csv", "2026-09")
    assert "HTML" in refused.reason
    kept = folders.archive / "toy" / "quarantine" / f"{refused.archive_id}.csv"
    assert kept.read_bytes() == HTML.body
    assert [record.partition for record in outcome.records] == ["2026-10"]


def test_rows_that_break_the_contract_go_to_quarantine_with_the_reason(folders: Folders) -> None:
    with serve(routes(**{"2026_09": Reply(toy.prices("1", "-2", "3"))})) as server:
        outcome = refresh(folders, server)
    file = next(file for file in outcome.tables if file.partition == "2026-09")
    assert (file.rows, file.refused_rows) == (2, 1)
    assert file.refused_path is not None
    refused = pl.read_parquet(file.refused_path)
    assert refused["_reason"].to_list() == ["price|min"]
    assert refused["_archive_id"].to_list() == [file.archive_id]


def test_without_network_the_archive_serves_and_before_it_the_starter(folders: Folders) -> None:
    assert refresh(folders).mode == "starter"
    starter = refresh(folders)
    assert (starter.note, starter.changed) == ("the refresh was offline", False)
    assert set(served(starter)["_mode"]) == {"starter"}
    dead = refresh(folders, url="http://127.0.0.1:9")
    assert dead.mode == "starter"
    assert "the connection was refused" in dead.note
    with serve(routes()) as server:
        live = refresh(folders, server)
    assert set(served(live)["_mode"]) == {"live", "starter"}
    later = refresh(folders, url="http://127.0.0.1:9", now=NOW + timedelta(days=3))
    assert (later.mode, later.fetched_at, later.tables) == ("archived", NOW, live.tables)


def test_a_failed_fetch_without_data_differs_from_an_offline_refresh(folders: Folders) -> None:
    bare = Folders(folders.archive, folders.parsed, folders.archive / "none")
    assert refresh(bare).mode == "skipped"
    assert refresh(bare, url="http://127.0.0.1:9").mode == "failed"


def test_a_backfill_downloads_the_months_it_names(folders: Folders) -> None:
    months = {f"/2025-0{month}.csv": Reply(toy.prices(str(month), "2")) for month in (1, 2, 3)}
    with serve({**months}) as server:
        outcome = refresh(folders, server, periods=(date(2025, 1, 1), date(2025, 2, 1)))
    assert [record.partition for record in outcome.records] == ["2025-01", "2025-02"]


def drop(folders: Folders, name: str, content: bytes) -> None:
    assert folders.drop_in is not None
    (folders.drop_in / "toy").mkdir(parents=True, exist_ok=True)
    (folders.drop_in / "toy" / name).write_bytes(content)


def test_a_dropped_in_file_with_its_checksum_is_archived(folders: Folders) -> None:
    drop(folders, "2026-08.csv", SEPTEMBER)
    drop(folders, "2026-08.csv.sha256", f"{hashlib.sha256(SEPTEMBER).hexdigest()}  2026-08.csv\n".encode())
    outcome = refresh(folders)
    assert (outcome.mode, outcome.records[0].mode, outcome.records[0].partition) == (
        "archived",
        "drop_in",
        "2026-08",
    )
    assert set(served(outcome)["_mode"]) == {"drop_in", "starter"}
    assert outcome.note == "new: 2026-08.csv"
    assert not refresh(folders).changed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HTML.body, "an HTML page was received instead of the file"),
        (b"\n", "the file is empty"),
        (toy.prices("1", "2", year=2027), "the file's date or this clock is wrong"),
        (toy.prices("1", "-2", "-3"), "2 of 3 rows of toy__price break its contract"),
    ],
)
def test_an_implausible_dropped_in_file_is_refused(folders: Folders, content: bytes, reason: str) -> None:
    drop(folders, "2026-08.csv", content)
    outcome = refresh(folders)
    assert outcome.mode == "starter"
    assert reason in outcome.note
    assert [refused.name for refused in outcome.quarantined] == ["2026-08.csv"]


def test_refused_rows_of_an_accepted_file_are_counted(folders: Folders) -> None:
    drop(folders, "2026-08.csv", toy.prices("1", "2", "-3"))
    assert refresh(folders).note == "new: 2026-08.csv (1 of 3 rows in quarantine)"


def test_bytes_behind_the_starter_keep_their_vintage(folders: Folders) -> None:
    starter = folders.starter / "toy__price.parquet"
    archive_id = hashlib.sha256(SEPTEMBER).hexdigest()
    pl.read_parquet(starter).with_columns(_archive_id=pl.lit(archive_id)).write_parquet(starter)
    [vintage] = set(pl.read_parquet(starter)["_vintage"])
    drop(folders, "2026-08.csv", SEPTEMBER)
    (record,) = refresh(folders).records
    assert (record.archive_id, record.vintage) == (archive_id, vintage)


def test_a_dropped_in_file_may_lie_in_a_folder_that_names_its_partition(folders: Folders) -> None:
    assert folders.drop_in is not None
    (folders.drop_in / "toy" / "2026-07").mkdir(parents=True)
    (folders.drop_in / "toy" / "2026-07" / "prices.csv").write_bytes(SEPTEMBER)
    (record,) = refresh(folders).records
    assert (record.partition, record.name) == ("2026-07", "prices.csv")


def test_a_dropped_in_file_with_a_wrong_checksum_is_refused(folders: Folders) -> None:
    drop(folders, "2026-08.csv", SEPTEMBER)
    drop(folders, "2026-08.csv.sha256", b"0" * 64)
    outcome = refresh(folders)
    assert outcome.mode == "starter"
    refusal = "2026-08.csv (dropped in): its SHA-256 differs from the one in 2026-08.csv.sha256"
    assert outcome.problems == (refusal,)


def test_a_new_parser_parses_the_archive_again(folders: Folders, tmp_path: Path) -> None:
    with serve(routes()) as server:
        first = refresh(folders, server)
    changed = types.ModuleType("toy")
    changed.__dict__.update(
        {name: getattr(toy, name) for name in ("SOURCE", "POLICY", "GATES", "plan", "fetch")}
    )

    def parse(path: Path, facts: FileFacts) -> Frames:
        return {
            name: frame.with_columns(pl.col("price") * 10) for name, frame in toy.parse(path, facts).items()
        }

    changed.__dict__["parse"] = parse
    changed.__file__ = str(tmp_path / "changed.py")
    Path(changed.__file__).write_text("another parser")
    outcome = refresh_source(changed, folders, NOW)  # type: ignore[arg-type]
    assert outcome.changed
    assert [file.path for file in outcome.tables] == [file.path for file in first.tables]
    assert pl.read_parquet(outcome.tables[0].path)["price"].max() == 20.0


def test_a_damaged_archive_file_is_reported_and_the_rest_is_served(folders: Folders) -> None:
    with serve(routes()) as server:
        outcome = refresh(folders, server)
    archive = Archive(folders.archive)
    archive.path(outcome.records[0]).write_bytes(b"rot")
    for file in outcome.tables:
        file.path.with_name("summary.json").unlink(missing_ok=True)
    after = refresh(folders)
    assert [file.partition for file in after.tables] == ["2026-10", "starter"]
    assert "is damaged" in after.problems[0]


def test_a_parser_that_breaks_never_breaks_the_run(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path, facts: FileFacts) -> Frames:
        raise ZeroDivisionError(f"{path} {facts}")

    with serve(routes()) as server:
        monkeypatch.setattr(toy, "parse", broken)
        outcome = refresh(folders, server)
    assert outcome.mode == "starter"
    assert "ZeroDivisionError" in outcome.note
    assert len(outcome.quarantined) == 2


def test_a_workbook_frozen_in_the_past_is_refused_on_the_first_day(folders: Folders) -> None:
    with serve(routes(**{"2026_09": Reply(toy.prices("1", "2", year=2024))})) as server:
        outcome = refresh(folders, server)
    assert "an outdated file" in outcome.problems[0]


@pytest.mark.parametrize("damage", [b"", b"period,price\n2026-01-01,9\n2026-02-01,9\n2026-03-01,9\n", None])
def test_a_damaged_archived_file_is_named_and_downloaded_again(
    folders: Folders, damage: bytes | None
) -> None:
    with serve(routes()) as server:
        first = refresh(folders, server)
        path = Archive(folders.archive).path(first.records[0])
        path.unlink() if damage is None else path.write_bytes(damage)
        second = refresh(folders, server, wide_window=True)
    assert "is missing" in second.note if damage is None else "is damaged" in second.note
    assert second.tables == first.tables
    Archive(folders.archive).verify(first.records[0])


def test_a_confirmation_dated_in_the_future_does_not_count(folders: Folders) -> None:
    with serve(routes()) as server:
        refresh(folders, server, now=NOW + timedelta(days=3650))
        state = Archive(folders.archive).state("toy")
        ask = FetchOptions(Http(pace=0), server.url)
        context = FetchContext("toy", server.url, toy.POLICY, Archive(folders.archive), state, NOW, ask)
        part = next(iter(toy.plan(context)))
        assert not context.is_recent(part, days=30)


def test_figures_a_million_times_the_neighbouring_month_are_refused(folders: Folders) -> None:
    september, october = (toy.prices(*(f"{n}{zeros}" for n in range(1, 11))) for zeros in ("", "000000"))
    with serve(routes(**{"2026_09": Reply(september), "2026_10": Reply(october)})) as server:
        outcome = refresh(folders, server)
    assert [record.name for record in outcome.records] == ["2026-09.csv"]
    assert "toy__price.price has a median of 5.5e+06, before 5.5: its unit changed" in outcome.note


@pytest.mark.parametrize(
    ("october", "note"),
    [
        (OCTOBER, "new: 2026-10.csv"),
        (b"period,price\n2026-01-01,1\n2026-03-01,3\n", "39 bytes is less than 50% of the last vintage's"),
    ],
    ids=["all", "fewer"],
)
def test_a_smaller_file_is_accepted_only_with_all_the_rows(
    folders: Folders, october: bytes, note: str
) -> None:
    padded = toy.prices(*(f"{n}.{'0' * 20}" for n in (1, 2, 3)))
    with serve(routes(**{"2026_10": Reply(padded)})) as server:
        refresh(folders, server)
        server.routes |= routes(**{"2026_10": Reply(october)})
        assert note in refresh(folders, server, now=NOW + timedelta(days=1)).note


def test_a_withdrawn_file_is_not_served_and_does_not_come_back_by_itself(folders: Folders) -> None:
    with serve(routes(**{"2026_09": Reply(SEPTEMBER, validators=False)})) as server:
        first = refresh(folders, server)
        withdrawn = next(record for record in first.records if record.partition == "2026-09")
        Archive(folders.archive).withdraw(withdrawn, "the unit is wrong", NOW)
        outcome = refresh(folders, server, now=NOW + timedelta(days=1))
        assert [record.partition for record in outcome.records] == ["2026-10"]
        assert "2026-09" not in {file.partition for file in outcome.tables}
        assert [(record.name, record.withdrawn_reason) for record in outcome.apart] == [
            ("2026-09.csv", "the unit is wrong")
        ]
        refusal = (
            "2026-09.csv is not accepted: its content was withdrawn on 2026-11-23 (the unit is wrong); "
            f"`minerals withdraw {withdrawn.archive_id[:12]} --undo` restores it"
        )
        assert outcome.note == f"1 unchanged; {refusal}; 1 withdrawn"
        assert outcome.problems == ()

        server.routes |= routes(**{"2026_09": Reply(toy.prices("1", "2.5"))})
        mended = refresh(folders, server, now=NOW + timedelta(days=2))
        assert [record.partition for record in mended.records] == ["2026-10", "2026-09"]

        Archive(folders.archive).restore(mended.apart[0])
        again = refresh(folders, server, now=NOW + timedelta(days=3))
    assert [record.partition for record in again.records].count("2026-09") == 2
    assert again.apart == ()


def test_a_withdrawn_vintage_leaves_the_one_before_it_in_force(folders: Folders) -> None:
    with serve(routes()) as server:
        refresh(folders, server)
        server.routes |= routes(**{"2026_09": Reply(toy.prices("1", "2.5"), last_modified="")})
        refresh(folders, server, now=NOW + timedelta(days=30))
    archive = Archive(folders.archive)
    newest = archive.newest("toy", "2026-09: 2026-09.csv")
    assert newest is not None
    archive.withdraw(newest, None, NOW)
    before = archive.newest("toy", "2026-09: 2026-09.csv")
    assert before is not None
    assert before.archive_id == hashlib.sha256(SEPTEMBER).hexdigest()


def test_a_dropped_in_file_does_not_stop_requests_to_its_publisher(folders: Folders) -> None:
    drop(folders, "2026-09.csv", SEPTEMBER)
    refresh(folders)
    state = Archive(folders.archive).state("toy")
    ask = FetchOptions(Http(pace=0), "http://127.0.0.1:9")
    context = FetchContext("toy", "http://127.0.0.1:9", toy.POLICY, Archive(folders.archive), state, NOW, ask)
    part = next(iter(toy.plan(context)))
    assert context.has(part)
    assert not context.is_recent(part, days=30)


def test_the_same_bytes_under_another_name_of_their_partition_are_not_refused(folders: Folders) -> None:
    assert folders.drop_in is not None
    (folders.drop_in / "toy" / "2026-09").mkdir(parents=True)
    (folders.drop_in / "toy" / "2026-09" / "september.csv").write_bytes(SEPTEMBER)
    with serve(routes()) as server:
        outcome = refresh(folders, server)
    assert outcome.problems == ()
    assert {record.name for record in outcome.records} == {"september.csv", "2026-10.csv"}


def twelve_months() -> dict[str, Route]:
    return {f"/2025-{month:02d}.csv": Reply(toy.prices(f"{month}", "2")) for month in range(1, 13)}


YEAR = tuple(date(2025, month, 1) for month in range(1, 13))


def test_a_fetch_that_runs_out_of_time_resumes_where_it_stopped(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = iter(range(1000))
    monkeypatch.setattr("ingest.refresh.monotonic", lambda: 60.0 * next(minute))
    with serve(twelve_months()) as server:
        first = refresh(folders, server, periods=YEAR, minutes=5)
        assert len(first.records) == 4
        assert first.note == (
            "new: 2025-01.csv, 2025-02.csv, 2025-03.csv and 1 more; "
            "stopped after 5 minutes and 4 of 12 parts, 4 of 12 calls; the rest comes first in the next run"
        )
        assert (first.mode, first.problems) == ("live", ())
        second = refresh(folders, server, periods=YEAR, minutes=9, now=NOW + timedelta(days=1))
        assert len(second.records) == 12
        assert [asked.path[1:8] for asked in server.asked] == [f"{month:%Y-%m}" for month in YEAR]
        third = refresh(folders, server, periods=YEAR, minutes=100, now=NOW + timedelta(days=2))
    assert third.note == "12 unchanged"


@pytest.mark.long
def test_a_failed_part_does_not_come_before_parts_not_yet_requested(folders: Folders) -> None:
    hanging = {f"/{month:%Y-%m}.csv": Reply(SEPTEMBER, stall_s=2) for month in YEAR[:STRIKES_UNFINISHED]}
    with serve({**twelve_months(), **hanging}) as server:
        first = refresh(folders, server, periods=YEAR)
        assert first.records == ()
        assert len(first.problems) == 12
        second = refresh(folders, server, periods=YEAR, now=NOW + timedelta(days=1))
    others = [f"{month:%Y-%m}" for month in YEAR[STRIKES_UNFINISHED:]]
    assert sorted(record.partition for record in second.records) == others


def gathered(context: FetchContext, part: RemoteFile) -> Download:
    answer = context.get(part.url)
    return context.save_document(part, answer.content, [answer])


def test_a_fetch_reports_its_calls(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toy, "fetch", gathered)
    reported: list[tuple[str, int, int | None]] = []
    with serve(twelve_months()) as server:
        refresh(
            folders,
            server,
            periods=YEAR,
            calls=lambda progress: reported.append((progress.part, progress.calls, progress.planned_calls)),
        )
    assert reported == [(f"{month:%Y-%m}.csv", number, 12) for number, month in enumerate(YEAR, 1)]
