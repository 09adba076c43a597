"""The HTTP interface on the small warehouse: answers, refusals, and behaviour during a publication."""

import asyncio
import io
import json
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
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tests.programs import MINERALS, patience_s
from tests.warehouse.conftest import build, fill, publish_small
from tests.warehouse.serve.conftest import Get, served
from warehouse.serve import app, run
from warehouse.serve.sandbox import Limits

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
def test_common_entry_addresses_redirect(get: Get, path: str, target: str) -> None:
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
        ("value_usd=much", "value_usd is of type DOUBLE, and 'much' is not."),
        ("value_usd=in.(2,much)", "value_usd is of type DOUBLE, and 'much' is not."),
        ("value_usd=gt.much", "value_usd is of type DOUBLE, and 'much' is not."),
        ("area=USA&area=CAN", "area is given twice: in.(USA,CAN) keeps rows with either."),
        ("value_usd=is.true", "not a boolean"),
        ("value_usd=in.1,2", "in brackets"),
        ("value_usd=in.()", "lists no value"),
        ("area=in.(a%0Db)", "line break"),
        ("mineral_id=ilike.cob*", "no such operator"),
        ("mineral_id=not.eq.cobalt", "no such operator"),
        ("format=xls", "json, csv, parquet"),
        ("limit=1&limit=2", "twice"),
        ("build=20260201T031500Z&build=20260201T031500Z", "twice"),
    ],
)
def test_a_wrong_request_gets_a_sentence(get: Get, asked: str, word: str) -> None:
    answer = get(f"{TABLE}?{asked}")
    assert answer.status_code == 400
    assert word in answer.json()["error"]


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("area=usmca", "marts.import_sources has no row with area=usmca; did you mean USMCA?"),
        ("area=US", "marts.import_sources has no row with area=US; did you mean USMCA?"),
        ("mineral_id=Cobalt", "marts.import_sources has no row with mineral_id=Cobalt; did you mean cobalt?"),
        ("mineral_id=cobolt", "marts.import_sources has no row with mineral_id=cobolt; did you mean cobalt?"),
        ("mineral_id=unobtainium", "marts.import_sources has no row with mineral_id=unobtainium."),
        ("area=in.(Usmca)", "marts.import_sources has no row with area=Usmca; did you mean USMCA?"),
        (
            "value_usd=3",
            "marts.import_sources has no row with value_usd=3; its values reach from 10.0 to 10.0.",
        ),
        ("area=USMCA&value_usd=lt.3", "No row fits all filters together."),
    ],
)
def test_an_address_that_no_row_fits_says_what_to_change(get: Get, asked: str, note: str) -> None:
    found = get(f"{TABLE}?{asked}").json()
    assert (found["rows"], found["notes"]) == ([], [note])
    for form in ("csv", "parquet"):
        assert get(f"{TABLE}.{form}?{asked}").headers["X-Note"] == note


def test_rows_have_no_note(get: Get) -> None:
    for asked in ("area=in.(USMCA,US)", "offset=9", "area=USMCA&area=USMCA"):
        assert get(f"{TABLE}?{asked}").json()["notes"] == []
    assert "X-Note" not in get(f"{TABLE}.csv").headers


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/questions", "/v1/questions/1", "/explain/import_sources/USMCA", "/v1/sql"]
)
def test_a_parameter_that_has_no_effect_is_refused(published: Path, path: str) -> None:
    with served(published, sql=True) as address:
        refused = requests.get(f"{address}{path}?query=select+1", timeout=60)
    assert refused.status_code == 400
    assert "no parameter 'query' here, only" in refused.json()["error"]


def test_a_statement_is_named_or_is_the_body(published: Path) -> None:
    with served(published, sql=True) as address:
        for path in ("/v1/sql", "/v1/sql?q=select+1&q=select+2"):
            refused = requests.get(address + path, timeout=60)
            assert (refused.status_code, "once, in q" in refused.json()["error"]) == (400, True)
        for body in ('{"q": "select 1"}', "q=select 1"):
            refused = requests.post(f"{address}/v1/sql", data=body, timeout=60)
            assert (refused.status_code, "statement itself" in refused.json()["error"]) == (400, True)
        none = requests.get(f"{address}/v1/sql?q=select+1+where+false", timeout=60).json()
        assert (none["rows"], len(none["notes"])) == ([], 1)
        assert requests.get(f"{address}/v1/sql?q=select+1", timeout=60).json()["notes"] == []


def test_a_request_with_two_lengths_is_refused(published: Path) -> None:
    """A proxy and this server could disagree on where it ends."""
    with served(published, sql=True) as address:
        head = "POST /v1/sql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        both = f"{head}Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nselect 1\r\n0\r\n\r\n"
        status, _, body = raw(address, both)
        assert (status, "not both" in json.loads(body)["error"]) == (400, True)
        status, *_ = raw(address, f"{head}Content-Length: 8\r\n\r\nselect 1")
        assert status == 200


def test_what_lists_nothing_says_what_does(published: Path) -> None:
    with served(published, sql=True) as address:
        refused = requests.post(f"{address}/v1/sql", data="SHOW tables;", timeout=60)
        assert (refused.status_code, "show all tables" in refused.json()["error"]) == (400, True)
        listed = requests.post(f"{address}/v1/sql", data="show all tables", timeout=60).json()
        assert "import_sources" in str(listed["rows"])


def test_a_format_is_stated_once(get: Get) -> None:
    assert get(f"{TABLE}.csv?format=csv").headers["Content-Type"].startswith("text/csv")
    assert "another one" in get(f"{TABLE}.csv?format=parquet").json()["error"]


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
    for form in ("csv", "parquet"):
        part, whole = get(f"{TABLE}?format={form}&limit=2"), get(f"{TABLE}?format={form}")
        assert "offset=2" in part.links["next"]["url"]
        assert part.headers["X-Note"].startswith("These are 2 rows")
        assert "Link" not in whole.headers
    assert table.schema.metadata[b"build_id"] == BUILD.encode()


def test_a_page_of_the_brief_names_the_publication_that_it_was_made_from(published: Path) -> None:
    """There is one brief, which is written after the publication is: it may be of an earlier one."""
    brief = published / "brief"
    brief.mkdir()
    (brief / "cobalt.html").write_text(f'<!doctype html><meta name="build-id" content="{BUILD}">cobalt')
    (brief / "models.html").write_text("<!doctype html>models")
    (brief / "feed.json").write_text('{"items": ["of neither"]}')
    fill(published, value=20.0)
    newer = publish_small(published, build(day=2)).build_id
    with served(published) as address, requests.Session() as session:

        def get(path: str) -> requests.Response:
            return session.get(address + path, timeout=30)

        for path in ("/brief/cobalt.html", f"/brief/cobalt.html?build={BUILD}"):
            assert (get(path).status_code, get(path).headers["X-Build-Id"]) == (200, BUILD), path
        assert get("/brief/models.html").status_code == 200
        assert "X-Build-Id" not in get("/brief/models.html").headers
        for page, kept in (("cobalt", BUILD), ("models", "no single publication")):
            refused = get(f"/brief/{page}.html?build={newer}")
            assert (refused.status_code, refused.json()["build_id"]) == (404, newer)
            assert kept in refused.json()["error"]
        for build_id in (BUILD, newer):
            copy, own = get(f"/brief/feed.json?build={build_id}"), get(f"/feed.json?build={build_id}")
            assert copy.content == own.content
            assert copy.headers["X-Build-Id"] == own.headers["X-Build-Id"] == build_id


def test_a_refusal_names_the_publication_that_was_asked(published: Path) -> None:
    publish_small(published, build(day=2))
    with served(published) as address:
        refused = requests.get(f"{address}{TABLE}?nothing=1&build={BUILD}", timeout=30)
    assert (refused.json()["build_id"], refused.headers["X-Build-Id"]) == (BUILD, BUILD)


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


@pytest.mark.parametrize(
    "asked", ["", "?select=usd_per_kg", "?select=mineral_id,quality_flag", "?select=source_id"]
)
def test_sources_and_flags_are_those_of_the_rows_whatever_is_selected(with_sources: Path, asked: str) -> None:
    with served(with_sources) as address:
        found = requests.get(f"{address}/v1/core/fct_price{asked}", timeout=30).json()
        names = [column["name"] for column in found["columns"]]
        assert [list(row) for row in found["rows"]] == [names]
        assert [one["source_id"] for one in found["sources"]] == ["usgs_mcs"]
        assert found["sources"][0]["licence"] == "public domain"
        assert found["flags"] == {"thin": "Few values."}
        none = requests.get(
            f"{address}/v1/core/fct_price?select=usd_per_kg&mineral_id=none", timeout=30
        ).json()
        assert (none["rows"], none["flags"]) == ([], {})
        for form in ("csv", "parquet"):
            content = requests.get(
                f"{address}/v1/core/fct_price.{form}?select=usd_per_kg", timeout=30
            ).content
            read = pl.read_csv(content) if form == "csv" else pl.read_parquet(content)
            assert (read.columns, read["usd_per_kg"].to_list()) == (["usd_per_kg"], [10.0])


def test_a_table_without_sources_names_those_of_its_inputs(with_sources: Path) -> None:
    with served(with_sources) as address:
        found = requests.get(f"{address}{TABLE}?select=value_usd&limit=1", timeout=30).json()
    assert [one["source_id"] for one in found["sources_of_tables"]] == ["usgs_mcs"]
    assert found["sources"] == []


ALONE, JOINED = "core.fct_price", "core.fct_price as price join core.fct_quote as quote using (mineral_id)"


@pytest.mark.parametrize(
    ("sql", "of_rows", "of_tables"),
    [
        (f"select usd_per_kg from {ALONE}", ["usgs_mcs"], []),
        (f"select usd_per_kg from {ALONE} order by 1 limit 1", ["usgs_mcs"], []),
        (f"select usd_per_kg from {ALONE} where false", [], []),
        (f"select usd_per_kg + usd from {JOINED}", ["lme", "usgs_mcs"], []),
        (f"select usd_per_kg, quote.source_id from {JOINED}", ["lme", "usgs_mcs"], []),
        ("select usd_per_kg, value_usd from core.fct_price, marts.import_sources", ["usgs_mcs"], []),
        (f"select usd, (select max(usd_per_kg) from {ALONE}) from core.fct_quote", ["lme"], ["usgs_mcs"]),
        ("select max(usd_per_kg) from core.fct_price", [], ["usgs_mcs"]),
        ("select max(usd_per_kg), source_id from core.fct_price group by all", ["usgs_mcs"], []),
        ("with price as (from core.fct_price) select usd_per_kg from price", [], ["usgs_mcs"]),
        ("select sum(value_usd) from MARTS.Import_Sources", [], ["usgs_mcs"]),
        ('select sum(value_usd) from minerals."marts"."import_sources"', [], ["usgs_mcs"]),
        ("from core.fct_price", ["usgs_mcs"], []),
        ("select 1", [], []),
        ("select mineral_id as source_id from core.fct_price", ["usgs_mcs"], []),
        ("select max(mineral_id) as source_id from core.fct_price", [], ["usgs_mcs"]),
    ],
)
def test_a_statement_names_the_sources_of_its_rows_or_else_of_what_it_reads(
    with_sources: Path, sql: str, of_rows: list[str], of_tables: list[str]
) -> None:
    with served(with_sources, sql=True) as address:
        found = requests.post(f"{address}/v1/sql", data=sql, timeout=60).json()
    assert [one["source_id"] for one in found["sources"]] == of_rows
    assert [one["source_id"] for one in found["sources_of_tables"]] == of_tables


def test_sources_that_are_not_selected_change_no_row(with_sources: Path) -> None:
    """`fct_quote` has two flags for one mineral, so a group or a distinct row by them would be two."""
    with served(with_sources, sql=True) as address:
        for sql in (
            "select distinct mineral_id from core.fct_quote",
            "select mineral_id, count(*) from core.fct_quote group by all",
            "select mineral_id from core.fct_quote order by all limit 1",
        ):
            found = requests.post(f"{address}/v1/sql", data=sql, timeout=60).json()
            assert len(found["rows"]) == 1, sql
            assert {len(found["rows"][0]), len(found["types"])} == {len(found["columns"])}
        selected = requests.post(f"{address}/v1/sql", data=f"select usd_per_kg from {ALONE}", timeout=60)
        assert selected.json()["flags"] == {"thin": "Few values."}
        assert "carried" not in selected.text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/v1/", "/v1"),
        (f"{TABLE}/?limit=2&area=USMCA", f"{TABLE}?limit=2&area=USMCA"),
        ("/healthz/", "/healthz"),
        ("/files/", "/files"),
        ("//elsewhere.example/", "/elsewhere.example"),
        ("/%5Celsewhere.example/", "/%5Celsewhere.example"),
        ("/docs", "/"),
        ("/brief", "/brief/index.html"),
        ("/index.html", "/brief/index.html"),
        (f"/index.html?build={BUILD}", f"/brief/index.html?build={BUILD}"),
    ],
)
def test_a_redirect_never_leads_to_another_host(published: Path, path: str, leads_to: str) -> None:
    with served(published) as address:
        for host in ("elsewhere.example", "elsewhere.example/x", "a@elsewhere.example"):
            status, headers, _ = raw(
                address, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            )
            assert (status, headers["location"]) == (307, leads_to)


def test_the_host_that_a_reader_names_changes_nothing(published: Path) -> None:
    with served(published) as address:
        for host in ("x", "elsewhere.example", "x/files/", "x/healthz?", "x#", "\xff"):
            asked = f"GET {TABLE}?limit=1 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            status, headers, body = raw(address, asked)
            assert status == 200, host
            assert json.loads(body)["next"] == f"{TABLE}?limit=1&offset=1&build={BUILD}"
            assert headers["link"].startswith(f"<{TABLE}?")
            assert headers["etag"] == requests.get(f"{address}{TABLE}?limit=1", timeout=30).headers["ETag"]


def raw(address: str, request: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by name in lower case, and body of the answer to a request as written."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(request.encode("latin-1"))
        head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return (
        int(first.split()[1]),
        {name.lower(): value for name, value in (one.split(": ", 1) for one in lines)},
        body,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/v1/none/none",
        "/files/none",
        "/files/20250101T000000Z/minerals.duckdb",
        "/brief/none",
        "/healthz?build=none",
        "/v1/questions/999",
        "/v1/questions/1",
        "/explain/none",
        "/explain/import_sources/none",
        "/v1/sql?q=select+none",
        "/v1/sql?q=from+read_text('x')",
        "/v1/sql?q=from+duckdb_databases()",
        "/none",
        f"{TABLE}?value_usd=much",
        f"{TABLE}?select=none",
        "/v1",
        "/files",
        "/openapi.json",
    ],
)
def test_no_answer_names_a_folder_of_the_server(published: Path, path: str) -> None:
    with served(published, sql=True) as address:
        answer = requests.get(address + path, timeout=60)
    assert str(published) not in answer.text
    assert str(published) not in str(answer.headers)
    assert answer.json()["build_id"] == BUILD if path != "/openapi.json" else answer.ok


@pytest.mark.parametrize("broken", ["nothing", "gone", "garbage"])
def test_a_server_that_cannot_read_its_publication_names_no_folder(published: Path, broken: str) -> None:
    files = [*published.glob("publications/*/minerals.duckdb")]
    assert files
    for file in files:
        file.unlink()
        if broken == "garbage":
            file.write_bytes(b"garbage" * 10_000)
    if broken == "nothing":
        (published / "parquet").unlink()
    with served(published, sql=True) as address:
        for path in ("/healthz", TABLE, f"/healthz?build={BUILD}", "/v1/sql?q=select+1", "/none/"):
            answer = requests.get(address + path, timeout=60, allow_redirects=False)
            assert answer.status_code in (307, 404, 503), (path, answer.text)
            assert str(published) not in answer.text + str(answer.headers), path


def test_a_question_younger_than_the_publication_gets_a_sentence(get: Get) -> None:
    """The small warehouse has none of the tables that the first question reads."""
    found = get("/v1/questions/1")
    assert found.status_code == 404
    assert "cannot answer this question" in found.json()["error"]


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


def test_too_long_requests_are_refused(get: Get, published: Path) -> None:
    assert get(f"{TABLE}?area={'x' * 9000}").status_code == 414
    with served(published, sql=True) as address:
        for size in (65 << 10, 9 << 20):
            assert requests.post(f"{address}/v1/sql", data=b"x" * size, timeout=60).status_code == 413


def test_nothing_is_written(get: Get) -> None:
    url = get("/healthz").url.replace("/healthz", TABLE)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert requests.request(method, url, timeout=30).status_code == 405


def test_without_a_publication_a_sentence_explains_it(tmp_path: Path) -> None:
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


def test_a_statement_that_may_be_retried_is_not_a_client_error(published: Path) -> None:
    with served(published, sql=True, limits=Limits(seconds=0.01)) as address:
        answer = requests.get(f"{address}/v1/sql", params={"q": "select 1"}, timeout=60)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_client_that_never_completes_a_request_is_disconnected(
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


def test_a_statement_that_does_not_arrive_is_abandoned(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "BODY_WITHIN_S", 1.0)
    with served(published, sql=True) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as client:
            client.sendall(b"POST /v1/sql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsel")
            assert client.recv(16) == b"HTTP/1.1 408 Req"


def test_a_client_that_disconnects_early_is_not_a_server_failure() -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "headers": []}, gone)
    with pytest.raises(HTTPException, match="did not arrive"):
        asyncio.run(app._body(request, 100))


@pytest.mark.long
def test_statements_do_not_delay_other_readers(published: Path) -> None:
    """Two of forty-five run, six wait for two seconds, and the others are refused; readers do not wait."""
    endless = "select count(*) from range(1000000000) a, range(1000) b"
    ended: list[tuple[int, float]] = []

    def state(address: str) -> None:
        began = time.monotonic()
        with suppress(requests.RequestException):
            answer = requests.get(f"{address}/v1/sql", params={"q": endless}, timeout=300)
            assert int(answer.headers["Retry-After"]) > 0
            ended.append((answer.status_code, time.monotonic() - began))

    with served(published, sql=True, limits=Limits(seconds=12)) as address:
        asking = [threading.Thread(target=state, args=(address,), daemon=True) for _ in range(45)]
        for one in asking:
            one.start()
        time.sleep(1)
        assert requests.get(f"{address}{TABLE}", timeout=60).ok
        assert len(ended) < 44, "the reader waited for the statements"
        for one in asking:
            one.join(patience_s(60))
    assert {status for status, _ in ended} == {503}
    assert len(ended) == 45
    assert sorted(seconds for _, seconds in ended)[42] < 8, "only the two that ran may take longer"


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
        _, output = program.communicate(timeout=300)
        assert program.returncode == 0, output
        assert b"Traceback" not in output
