"""The HTTP interface on the small warehouse: answers, refusals, and behaviour during a publication."""

import io
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
import requests

from tests.programs import MINERALS, patience_s
from tests.warehouse.conftest import build, fill, publish_small
from tests.warehouse.serve.conftest import Get, served
from warehouse.serve import app, run
from warehouse.serve.open_publications import Column, Table
from warehouse.serve.rows import AskedWronglyError, question
from warehouse.serve.sandbox import Limits, RefusedError, ask

BUILD = "20260201T031500Z"
TABLE = "/v1/marts/import_sources"


def test_every_answer_names_its_publication(get: Get) -> None:
    for path in (
        "/",
        "/healthz",
        "/v1",
        TABLE,
        "/openapi.json",
        "/files",
        "/files/minerals.duckdb",
        "/v1/none/none",
    ):
        assert get(path).headers["X-Build-Id"] == BUILD, path
    for path in ("/healthz", "/v1", TABLE, "/files", "/v1/questions", "/v1/none/none"):
        assert get(path).json()["build_id"] == BUILD, path


@pytest.mark.parametrize(("path", "target"), [("/docs", "/"), ("/brief", "/brief/index.html")])
def test_where_people_look_first_leads_on(get: Get, path: str, target: str) -> None:
    answer = get(path, allow_redirects=False)
    assert (answer.is_redirect, answer.headers["Location"]) == (True, target)


def test_rows_by_filter_order_and_columns(get: Get) -> None:
    found = get(
        f"{TABLE}?supplier_iso3=ne.S000001&order=supplier_iso3.desc&select=supplier_iso3,value_usd"
    ).json()
    assert found["rows"] == [
        {"supplier_iso3": "S000002", "value_usd": 10.0},
        {"supplier_iso3": "S000000", "value_usd": 10.0},
    ]
    assert found["columns"][1] == {"name": "value_usd", "type": "DOUBLE", "unit": "USD"}
    assert found["next"] is None


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("supplier_iso3=S000001", 1),
        ("value_usd=gt.9.5", 3),
        ("value_usd=lt.9.5", 0),
        ("supplier_iso3=in.(S000000,S000002)", 2),
        ('supplier_iso3=in.("S000000", S000002)', 2),
        ("supplier_iso3=EQ.S000001", 1),
        ("supplier_iso3=like.*2", 1),
        ("value_usd=is.not_null", 3),
        ("mineral_id=is.null", 0),
        ("value_usd=gte.10&supplier_iso3=lte.S000001", 2),
        ("limit=0", 0),
    ],
)
def test_filters(get: Get, asked: str, count: int) -> None:
    assert len(get(f"{TABLE}?{asked}").json()["rows"]) == count


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("nothing=1", "no column 'nothing'"),
        ("select=nothing", "no column 'nothing'"),
        ("select=area,area", "twice"),
        ("order=value_usd.up", ".asc or .desc"),
        ("limit=-1", "number from 0"),
        ("limit=100001", "100,000"),
        ("offset=x", "number"),
        ("value_usd=much", "convert"),
        ("value_usd=is.true", "no yes or no"),
        ("value_usd=in.1,2", "in brackets"),
        ("value_usd=in.()", "lists no value"),
        ("mineral_id=ilike.cob*", "no such operator"),
        ("mineral_id=not.eq.cobalt", "no such operator"),
        ("format=xls", "json, csv, parquet"),
        ("limit=1&limit=2", "twice"),
    ],
)
def test_what_is_asked_wrongly_gets_a_sentence(get: Get, asked: str, word: str) -> None:
    answer = get(f"{TABLE}?{asked}")
    assert answer.status_code == 400
    assert word in answer.json()["error"]


def test_values_are_bound_not_pasted(get: Get) -> None:
    for value in ("x' or 1=1 --", 'x"; drop table marts.import_sources', "%00", "\udcff"):
        answer = get(TABLE, params={"supplier_iso3": value.encode("utf-8", "surrogateescape")})
        assert answer.status_code == 200
        assert answer.json()["rows"] == []


def test_pages_stay_in_one_publication(published: Path) -> None:
    with served(published) as address:
        first = requests.get(f"{address}{TABLE}?limit=2", timeout=30).json()
        fill(published, value=20.0)
        publish_small(published, build(day=2))
        second = requests.get(address + first["next"], timeout=30).json()
        assert second["build_id"] == first["build_id"] == BUILD
        assert {row["value_usd"] for row in first["rows"] + second["rows"]} == {10.0}
        assert len(first["rows"]) + len(second["rows"]) == 3
        assert requests.get(address + TABLE, timeout=30).json()["build_id"] > BUILD


def test_csv_and_parquet(get: Get) -> None:
    answer = get(f"{TABLE}.csv?select=supplier_iso3,value_usd&limit=1")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text == "supplier_iso3,value_usd\nS000000,10.0\n"
    table = pq.read_table(io.BytesIO(get(f"{TABLE}?format=parquet&limit=2").content))
    assert table.num_rows == 2
    assert table.schema.metadata[b"build_id"] == BUILD.encode()


def test_files_come_in_ranges_with_etag_and_cors(get: Get, published: Path) -> None:
    whole = (published / "minerals.duckdb").read_bytes()
    head = requests.head(get("/healthz").url.replace("/healthz", "/files/minerals.duckdb"), timeout=30)
    assert int(head.headers["Content-Length"]) == len(whole)
    assert head.headers["Accept-Ranges"] == "bytes"
    part = get("/files/minerals.duckdb", headers={"Range": "bytes=8-11", "Origin": "https://example.org"})
    assert (part.status_code, part.content) == (206, whole[8:12])
    assert part.headers["Content-Range"] == f"bytes 8-11/{len(whole)}"
    assert part.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in part.headers["Access-Control-Expose-Headers"]
    again = get("/files/minerals.duckdb", headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get("/files/minerals.duckdb", headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    pinned = get(f"/files/{BUILD}/minerals.duckdb", headers={"Range": "bytes=0-3"})
    assert "immutable" in pinned.headers["Cache-Control"]


def test_a_parquet_reader_works_over_ranges(published: Path) -> None:
    with served(published) as address:
        url = f"{address}/files/parquet/marts/import_sources.parquet"
        found = pl.scan_parquet(url).select("value_usd").collect()
        assert found["value_usd"].to_list() == [10.0] * 3


def test_what_the_sql_page_loads_comes_in_ranges_and_may_be_kept(published: Path, get: Get) -> None:
    engine = published / "brief" / "sql" / "engine-1"
    engine.mkdir(parents=True)
    (engine / "duckdb.wasm").write_bytes(b"0123456789")
    (engine / "duckdb.js").write_text("1")
    found = get("/brief/sql/engine-1/duckdb.wasm", headers={"Range": "bytes=2-4"})
    assert (found.status_code, found.content) == (206, b"234")
    assert found.headers["Content-Type"] == "application/wasm"
    assert "immutable" in found.headers["Cache-Control"]
    assert get("/brief/sql/engine-1/duckdb.js").headers["Content-Type"].startswith("text/javascript")
    assert get("/brief/sql/engine-1").status_code == 404
    assert get("/brief/sql/../../minerals.duckdb").status_code == 404


def test_a_question_younger_than_the_publication_gets_a_sentence(get: Get) -> None:
    """The small warehouse has none of the tables that the first question reads."""
    found = get("/v1/questions/1")
    assert found.status_code == 404
    assert "cannot answer it" in found.json()["error"]


def test_an_answer_that_has_not_changed_is_not_sent_again(get: Get) -> None:
    tag = get(TABLE).headers["ETag"]
    assert get(TABLE, headers={"If-None-Match": tag}).status_code == 304
    assert get(f"{TABLE}?limit=1", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/files/../build.duckdb",
        "/files/%2e%2e/%2e%2e/build.duckdb",
        "/files/parquet/../../../build.duckdb",
        "/files/..%2f..%2fbuild.duckdb",
        "/files//etc/passwd",
        f"/files/{BUILD}/../../build.duckdb",
        "/files/.writer.lock",
        "/brief/../build.duckdb",
        "/brief/..%2fbuild.duckdb",
        "/brief//etc/passwd",
        "/brief/%00",
        "/brief/" + "a" * 5000,
        "/healthz?build=" + "a" * 5000,
        "/healthz?build=%00",
    ],
)
def test_no_path_leads_out(published: Path, path: str) -> None:
    (published / "brief").mkdir()
    with served(published) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = client.makefile("rb").read()
        assert b" 404 " in answer.split(b"\r\n")[0]
        assert b"DUCK" not in answer


def test_what_is_too_long_is_refused(get: Get, published: Path) -> None:
    assert get(f"{TABLE}?area={'x' * 9000}").status_code == 414
    with served(published, sql=True) as address:
        assert requests.post(f"{address}/v1/sql", data=b"x" * (65 << 10), timeout=30).status_code == 413


def test_nothing_is_written(get: Get) -> None:
    url = get("/healthz").url.replace("/healthz", TABLE)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert requests.request(method, url, timeout=30).status_code == 405


def test_the_description_has_every_table_and_its_types(get: Get) -> None:
    found = get("/openapi.json").json()
    paths = {table["address"] for table in get("/v1").json()["tables"]}
    assert paths <= found["paths"].keys()
    row = found["paths"][TABLE]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert row["properties"]["rows"]["items"]["properties"]["value_usd"]["type"] == ["number", "null"]
    assert "/v1/sql" not in found["paths"]


def test_without_a_publication_it_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        answer = requests.get(f"{address}/healthz", timeout=30)
        assert answer.status_code == 503
        assert "minerals refresh" in answer.json()["error"]


def test_sql_is_off_unless_switched_on(get: Get, published: Path) -> None:
    assert get("/v1/sql?q=select 1").status_code == 404
    with served(published, sql=True) as address:
        found = requests.get(
            f"{address}/v1/sql", params={"q": "from marts.import_sources"}, timeout=60
        ).json()
        assert len(found["rows"]) == 3
        assert found["build_id"] == BUILD


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from read_json('/etc/passwd')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from read_parquet('/etc/passwd')",
        "select * from parquet_metadata('/etc/passwd')",
        "select * from read_duckdb('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select getenv('HOME')",
        "select * from glob('/*')",
        "select * from 'http://127.0.0.1:1/x.parquet'",
        "copy (select 1) to '/tmp/never.csv'",
        "copy marts.import_sources to 'http://127.0.0.1:1/x.parquet'",
        "export database '/tmp/never'",
        "attach '/tmp/never.duckdb' as x",
        "attach 'http://127.0.0.1:1/x.duckdb' as x",
        "detach minerals",
        "use system",
        "pragma database_list",
        "prepare x as select 1",
        "explain analyze select 1",
        "with x as (select 1) insert into marts.import_sources from x",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "pragma version",
        "create table marts.x as select 1",
        "insert into marts.import_sources select * from marts.import_sources",
        "select 1; select 2",
        "call enable_logging()",
        "",
        "selec",
    ],
)
def test_sql_touches_nothing_else(published: Path, sql: str) -> None:
    with pytest.raises(RefusedError):
        ask(published / "minerals.duckdb", sql)


def test_where_the_file_lies_is_shown_and_opens_nothing_else(published: Path) -> None:
    """DuckDB's own tables name the path of the file, which `/files` serves; they reveal no other path."""
    file = published / "minerals.duckdb"
    ((shown,),) = ask(file, "select path from duckdb_databases() where path is not null").rows
    (file.resolve().parent / "minerals.duckdb.tmp").mkdir()
    for other in (f"{shown}/../parquet/datapackage.json", f"{shown}.tmp/../parquet/datapackage.json"):
        for reader in ("read_blob", "read_text", "read_json"):
            with pytest.raises(RefusedError):
                ask(file, f"select * from {reader}('{other}')")
    with pytest.raises(RefusedError):
        ask(file, f"select * from glob('{shown}.tmp/../*')")


def test_any_value_of_sql_is_written(published: Path) -> None:
    file = published / "minerals.duckdb"
    counted = "select histogram(length(supplier_iso3)) from marts.import_sources"
    assert ask(file, counted).rows == [[{"7": 3}]]
    assert ask(file, "select 18446744073709551616::hugeint, 1").rows == [["18446744073709551616", 1]]


def test_a_statement_that_may_be_tried_again_is_no_mistake(published: Path) -> None:
    with served(published, sql=True, limits=Limits(seconds=0.01)) as address:
        answer = requests.get(f"{address}/v1/sql", params={"q": "select 1"}, timeout=60)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_a_whole_number_is_not_rounded_into_another() -> None:
    table = Table("marts", "t", "", ("year",), 1, (Column("year", "SMALLINT", None, None),))
    for asked in ("2020.5", "gt.2023.5", "in.(2020,2020.5)"):
        with pytest.raises(AskedWronglyError, match="whole numbers"):
            question(table, [("year", asked)])
    assert question(table, [("year", "in.(2020, 2021)")]).values == [["2020", "2021"]]


def test_sql_has_its_limits(published: Path) -> None:
    file = published / "minerals.duckdb"
    answer = ask(file, "select * from range(100)", Limits(rows=10))
    assert (len(answer.rows), answer.truncated) == (10, True)
    with pytest.raises(RefusedError, match="larger than 1 MB"):
        ask(file, "select repeat('x', 3000000)", Limits(answer_mb=1))
    with pytest.raises(RefusedError, match="memory"):
        ask(file, "select list(range) from range(1000000000)", Limits(memory_mb=64))
    began = time.monotonic()
    # neither responds to an interrupt of DuckDB nor respects its memory limit
    with pytest.raises(RefusedError, match=r"stopped after 4 s|memory"):
        ask(file, "select length(repeat('x', 1500000000))", Limits(seconds=4))
    assert time.monotonic() - began < patience_s(20)


def test_readers_through_publications_see_whole_ones(published: Path) -> None:
    """Each publication has one value in all rows and tables. An answer with two values mixes publications."""
    seen: dict[str, set[float]] = {}
    trouble: list[str] = []
    ended = threading.Event()

    def read(address: str) -> None:
        with requests.Session() as session:
            while not ended.is_set():
                answer = session.get(f"{address}{TABLE}?select=value_usd", timeout=60)
                if answer.status_code != 200 or answer.headers["X-Build-Id"] != answer.json()["build_id"]:
                    trouble.append(answer.text)
                    return
                values = {row["value_usd"] for row in answer.json()["rows"]}
                seen.setdefault(answer.json()["build_id"], set()).update(values)
                ended.wait(0.1)

    with served(published) as address:
        readers = [threading.Thread(target=read, args=(address,)) for _ in range(16)]
        for reader in readers:
            reader.start()
        for day in range(2, 7):
            fill(published, rows=500, value=10.0 * day)
            publish_small(published, build(day=day), keep=2)
        newest = requests.get(f"{address}/healthz", timeout=60).json()["build_id"]
        ended.set()
        for reader in readers:
            reader.join(60)
    assert not trouble
    assert newest == "20260206T031500Z"
    assert len(seen) > 1
    assert all(values == {10.0 * int(build_id[6:8])} for build_id, values in seen.items())


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_does_not_end_a_request_is_hung_up_on(
    published: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(run, "HEAD_WITHIN_S", 1.0)
    with served(published) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as client:
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(16) == b"HTTP/1.1 200 OK\r"
            client.sendall(begun)
            while client.recv(65536):
                pass
        with socket.create_connection((host, int(port)), timeout=60) as client:
            client.sendall(begun)
            assert client.recv(16) == b""


def test_a_statement_that_does_not_arrive_is_given_up(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "BODY_WITHIN_S", 1.0)
    with served(published, sql=True) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as client:
            client.sendall(b"POST /v1/sql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsel")
            assert client.recv(16) == b"HTTP/1.1 408 Req"


def test_readers_do_not_wait_for_statements(published: Path) -> None:
    """Forty-five statements would fill all threads of the server."""
    endless = "select count(*) from range(1000000000) a, range(1000) b"
    ended: list[int] = []

    def state(address: str) -> None:
        with suppress(requests.RequestException):
            ended.append(requests.get(f"{address}/v1/sql", params={"q": endless}, timeout=300).status_code)

    with served(published, sql=True, limits=Limits(seconds=5)) as address:
        for _ in range(45):
            threading.Thread(target=state, args=(address,), daemon=True).start()
        time.sleep(1)
        assert requests.get(f"{address}{TABLE}", timeout=60).ok
        assert len(ended) < 20, "the reader waited for the statements"


def test_the_command_ends_when_asked(published: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for number in (signal.SIGTERM, signal.SIGINT):
        program = subprocess.Popen(
            [MINERALS, "serve", "--port", str(port)],
            env=os.environ | {"MINERALS_HOME": str(published)},
            stderr=subprocess.PIPE,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=60).ok
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        program.send_signal(number)
        _, said = program.communicate(timeout=300)
        assert program.returncode == 0, said
        assert b"Traceback" not in said
