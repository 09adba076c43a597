"""Conditional requests, ranges and compression, as RFC 9110 defines them."""

import gzip
import shutil
from collections.abc import Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from tests.warehouse.serve.conftest import Get, served

TABLE = "/v1/marts/import_sources"
FILE = "/files/minerals.duckdb"
PAGE = "/brief/index.html"
BUILD = "20260201T031500Z"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def home(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a publication and a brief, which no test changes."""
    found = tmp_path_factory.mktemp("conditional") / "home"
    shutil.copytree(published_once, found, symlinks=True)
    (found / "brief").mkdir()
    stated = f'<!doctype html><meta name="build-id" content="{BUILD}">'
    (found / "brief" / "index.html").write_text(stated + "cobalt " * 1000)
    return found


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(home) as found:
        yield found


@pytest.fixture(scope="module")
def get(address: str) -> Iterator[Get]:
    with requests.Session() as session:
        yield lambda path, **options: session.get(address + path, timeout=30, **options)


def test_an_answer_that_has_not_changed_is_not_sent_again(get: Get) -> None:
    tag = get(TABLE).headers["ETag"]
    assert get(TABLE, headers={"If-None-Match": tag}).status_code == 304
    assert get(f"{TABLE}?limit=1", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", [TABLE, FILE, PAGE, "/feed.json", "/v1", f"{TABLE}.parquet"])
@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("{tag}", 304),
        ("W/{strong}", 304),
        ("{strong}", 304),
        ('"other", {tag}', 304),
        ('"a,b" , W/"c",\t{tag}', 304),
        ("*", 304),
        ('"other"', 200),
        ('W/"other", "another"', 200),
        ("", 200),
        ("nonsense", 200),
    ],
)
def test_a_client_with_a_current_copy_gets_no_body(get: Get, path: str, stated: str, status: int) -> None:
    tag = get(path, headers=PLAIN).headers["ETag"]
    value = stated.format(tag=tag, strong=tag.removeprefix("W/"))
    answer = get(path, headers=PLAIN | {"If-None-Match": value})
    assert answer.status_code == status
    assert answer.headers["ETag"] == tag
    assert answer.headers["X-Build-Id"] == BUILD
    assert "Cache-Control" in answer.headers
    if status == 304:
        assert (answer.content, "Content-Type" in answer.headers) == (b"", False)


def test_a_missing_page_is_not_cached(get: Get) -> None:
    for path in ("/v1/none/none", "/files/none", "/brief/none", f"{TABLE}?select=none"):
        assert get(path, headers={"If-None-Match": "*"}).status_code in (400, 404), path


@pytest.mark.parametrize(
    ("stated", "status"),
    [("{tag}", 200), ('"other", {tag}', 200), ("*", 200), ('"other"', 412), ("W/{tag}", 412)],
)
def test_if_match_demands_the_same_bytes(get: Get, stated: str, status: int) -> None:
    tag = get(FILE, headers={"Range": "bytes=0-0"}).headers["ETag"]
    answer = get(FILE, headers={"If-Match": stated.format(tag=tag)})
    assert answer.status_code == status
    if status == 412:
        assert answer.json()["build_id"] == BUILD


def test_an_answer_with_a_weak_tag_never_matches_but_is_there(get: Get) -> None:
    tag = get(TABLE).headers["ETag"]
    assert get(TABLE, headers={"If-Match": tag, "If-None-Match": tag}).status_code == 412
    assert get(TABLE, headers={"If-Match": "*"}).status_code == 200


def test_dates_are_conditions_where_no_tag_is(get: Get) -> None:
    modified = get(FILE, headers={"Range": "bytes=0-0"}).headers["Last-Modified"]
    before = formatdate(parsedate_to_datetime(modified).timestamp() - 60, usegmt=True)
    part = {"Range": "bytes=0-0"}
    for stated, status in ((modified, 304), (before, 206), ("yesterday", 206)):
        assert get(FILE, headers=part | {"If-Modified-Since": stated}).status_code == status
    for stated, status in ((modified, 206), (before, 412), ("yesterday", 206)):
        assert get(FILE, headers=part | {"If-Unmodified-Since": stated}).status_code == status
    other = part | {"If-Modified-Since": modified, "If-None-Match": '"other"'}
    assert get(FILE, headers=other).status_code == 206, "the tag decides where there is one"


def test_files_come_in_ranges_with_etag_and_cors(get: Get, home: Path) -> None:
    whole = (home / "minerals.duckdb").read_bytes()
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


@pytest.mark.parametrize(
    ("stated", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=5-", 5, None),
        ("bytes=-7", -7, None),
        ("bytes=3-99999999999999999999", 3, None),
        ("BYTES=1-2", 1, 2),
        ("bytes=\t1-2 ", 1, 2),
        ("bytes=-99999999999999999999", 0, None),
    ],
)
def test_one_range_gets_a_part(get: Get, home: Path, stated: str, first: int, last: int | None) -> None:
    whole = (home / "minerals.duckdb").read_bytes()
    answer = get(FILE, headers={"Range": stated})
    start, end = first % len(whole), len(whole) - 1 if last is None else last
    assert (answer.status_code, answer.content) == (206, whole[start : end + 1])
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"


@pytest.mark.parametrize(
    "stated",
    [
        "bytes=5-2",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes 0-1",
        "rows=0-1",
        "bytes=0-1,4-5",
        "bytes=0-0,-1",
        "bytes=--1",
    ],
)
def test_any_other_range_gets_the_whole_file(get: Get, home: Path, stated: str) -> None:
    answer = get(FILE, headers={"Range": stated})
    assert (answer.status_code, answer.content) == (200, (home / "minerals.duckdb").read_bytes())
    assert "Content-Range" not in answer.headers


def test_a_range_outside_the_file_is_refused_with_its_size(get: Get, home: Path) -> None:
    size = (home / "minerals.duckdb").stat().st_size
    for stated in (f"bytes={size}-", f"bytes={size}-{size + 5}", "bytes=-0", "bytes=99999999999999999999-"):
        answer = get(FILE, headers={"Range": stated})
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
        assert answer.json()["build_id"] == BUILD


def test_a_range_of_another_edition_gets_the_whole_file(get: Get) -> None:
    now = get(FILE, headers={"Range": "bytes=0-0"}).headers
    part = {"Range": "bytes=0-3"}
    for stated in (now["ETag"], now["Last-Modified"]):
        assert get(FILE, headers=part | {"If-Range": stated}).status_code == 206
    for stated in ('"other"', f"W/{now['ETag']}", formatdate(0, usegmt=True), "nonsense"):
        assert get(FILE, headers=part | {"If-Range": stated}).status_code == 200


def test_head_gets_the_headers_of_get(address: str) -> None:
    for path in (
        "/",
        "/healthz",
        "/v1",
        TABLE,
        f"{TABLE}.csv",
        f"{TABLE}.parquet",
        FILE,
        PAGE,
        "/feed.atom",
    ):
        got = requests.get(address + path, timeout=30, headers={"Range": "bytes=0-3"} | PLAIN)
        head = requests.head(address + path, timeout=30, headers={"Range": "bytes=0-3"} | PLAIN)
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("ETag", "Content-Type", "Vary", "Cache-Control", "X-Build-Id"):
            assert head.headers.get(name) == got.headers.get(name), (path, name)
        if got.status_code == 200 and path not in ("/", "/healthz"):
            assert head.headers["Content-Length"] == got.headers["Content-Length"], path


# -- compression


@pytest.mark.parametrize("path", [f"{TABLE}?limit=3", "/openapi.json", PAGE, "/", "/v1/questions"])
def test_text_is_compressed_for_clients_that_accept_it(address: str, path: str) -> None:
    plain = requests.get(address + path, timeout=30, headers=PLAIN)
    packed = requests.get(
        address + path, timeout=30, headers={"Accept-Encoding": "br, gzip;q=0.5"}, stream=True
    )
    raw = packed.raw.read(decode_content=False)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    if len(plain.content) < 1024:
        assert raw == plain.content
        return
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(raw) < len(plain.content)
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag'].removeprefix('W/')}"


@pytest.mark.parametrize(
    "accepted", ["identity", "gzip;q=0", "gzip; q=0.0", "br", "", "*;q=0", "gzip;q=x", "gzipped"]
)
def test_clients_that_do_not_accept_gzip_get_none(get: Get, accepted: str) -> None:
    answer = get("/openapi.json", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.json()["openapi"] == "3.1.0"


def test_files_and_parquet_are_not_compressed(get: Get) -> None:
    for path in (FILE, "/files/parquet/marts/import_sources.parquet", f"{TABLE}.parquet"):
        answer = get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers, path
    part = get(FILE, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-4095"})
    assert ("Content-Encoding" in part.headers, len(part.content)) == (False, 4096)


def test_a_compressed_answer_with_a_current_copy_is_not_sent_again(get: Get) -> None:
    packed = get(PAGE, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    for accepted in ("gzip", "identity"):
        again = get(PAGE, headers={"Accept-Encoding": accepted, "If-None-Match": packed.headers["ETag"]})
        assert again.status_code == 304
        assert "Accept-Encoding" in again.headers["Vary"]
