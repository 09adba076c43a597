"""The session: patience, politeness, limits, resumption and secrecy, against a server on this machine."""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.http import (
    ConfigurationError,
    FetchError,
    Http,
    NotFoundError,
    Policy,
    Request,
    UnfinishedError,
    UnreachableError,
    without_secrets,
)
from ingest.http.retries import STRIKES_UNFINISHED
from tests.ingest.servers import Asked, Reply, Route, serve
from tests.programs import free_port

POLICY = Policy(interval_s=0, connect_s=1, read_s=1)
SECRET = "s3cr3t+key/with=signs"  # noqa: S105 (invented)


def session() -> Http:
    return Http(pace=0)


def in_turn(*replies: Reply) -> Route:
    """Give each reply once, then the last one for all later requests."""
    left = list(replies)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_retried(status: int) -> None:
    with serve({"/a": in_turn(Reply(b"later", status), Reply(b"{}"))}) as server, session() as http:
        assert http.get(Request(f"{server.url}/a"), POLICY).content == b"{}"
        assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, FetchError), (401, ConfigurationError), (403, FetchError), (404, NotFoundError)],
)
def test_a_final_answer_is_not_retried(status: int, kind: type[Exception]) -> None:
    with serve({"/a": Reply(b"error: unknown variable", status, "text/plain")}) as server, session() as http:
        with pytest.raises(kind, match="unknown variable"):
            http.get(Request(f"{server.url}/a"), POLICY)
        assert len(server.asked) == 1


def test_after_the_last_attempt_the_host_is_not_asked_again() -> None:
    with serve({"/a": Reply(b"down", 503)}) as server, session() as http:
        for _ in range(2):
            with pytest.raises(FetchError, match="answered 503"):
                http.get(Request(f"{server.url}/a"), POLICY)
        asked = len(server.asked)
        with pytest.raises(UnreachableError, match="not asked again"):
            http.get(Request(f"{server.url}/b"), POLICY)
        assert asked == len(server.asked) == 2 * POLICY.attempts


def test_a_success_clears_an_earlier_failure() -> None:
    routes: dict[str, Route] = {"/bad": Reply(status=503), "/good": Reply(b"1")}
    with serve(routes) as server, session() as http:
        for _ in range(3):
            with pytest.raises(FetchError, match="answered 503"):
                http.get(Request(f"{server.url}/bad"), POLICY)
            assert http.get(Request(f"{server.url}/good"), POLICY).content == b"1"


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_respected_in_both_forms(form: str) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    busy = Reply(status=429, headers={"Retry-After": "1" if form == "seconds" else soon})
    with serve({"/a": in_turn(busy, Reply(b"1"))}) as server, Http(pace=1) as http:
        began = time.monotonic()
        http.get(Request(f"{server.url}/a"), POLICY)
        assert time.monotonic() - began >= 0.9


def test_a_wait_longer_than_the_rest_of_the_night_is_not_attempted() -> None:
    quota = Reply(b"Out of call volume quota.", 429, headers={"Retry-After": "11000"})
    with serve({"/a": quota}) as server, Http() as http:
        with pytest.raises(FetchError, match="quota"):
            http.get(Request(f"{server.url}/a"), POLICY)
        assert len(server.asked) == 1


def test_a_refused_connection_costs_seconds_for_all_hosts_together() -> None:
    began = time.monotonic()
    hosts = [f"http://127.0.0.1:{free_port()}" for _ in range(13)]
    with Http() as http:
        for host in hosts:
            for path in ("a", "b", "c"):
                with pytest.raises(UnreachableError):
                    http.get(Request(f"{host}/{path}"), POLICY)
    assert time.monotonic() - began < 30


def test_one_host_that_is_down_does_not_stop_the_others() -> None:
    with serve({"/a": Reply(b"1")}) as server, session() as http:
        assert http.get(Request(f"{server.url}/a"), POLICY).content == b"1"
        for _ in range(5):
            with pytest.raises(UnreachableError):
                http.get(Request(f"http://127.0.0.1:{free_port()}/"), POLICY)
        assert http.get(Request(f"{server.url}/a"), POLICY).content == b"1"


def test_a_refusal_shows_that_there_is_a_network() -> None:
    with serve({"/a": Reply(b"1")}) as server, session() as http:
        with pytest.raises(NotFoundError):
            http.get(Request(f"{server.url}/missing"), POLICY)
        for _ in range(5):
            with pytest.raises(UnreachableError):
                http.get(Request(f"http://127.0.0.1:{free_port()}/"), POLICY)
        with serve({"/a": Reply(b"2")}) as other:
            assert http.get(Request(f"{other.url}/a"), POLICY).content == b"2"


def test_a_hanging_server_is_abandoned_in_time() -> None:
    with serve({"/a": Reply(b"1", stall_s=60)}) as server, Http(pace=0, patience=0.2) as http:
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="no data in time"):
            http.get(Request(f"{server.url}/a"), POLICY)
        assert time.monotonic() - began < 30
        assert len(server.asked) == 2


HANGING = Reply(b"1", stall_s=60)
PATIENT = replace(POLICY, connect_s=100, read_s=100)
"""A timeout long enough for responses on a busy machine."""


def test_a_timeout_after_good_answers_does_not_mark_the_host_as_dead() -> None:
    routes: dict[str, Route] = {"/slow": HANGING, "/good": Reply(b"1")}
    with serve(routes) as server, Http(pace=0, patience=0.1) as http:
        assert http.get(Request(f"{server.url}/good"), PATIENT).content == b"1"
        for _ in range(3):
            with pytest.raises(UnfinishedError, match="no data in time"):
                http.get(Request(f"{server.url}/slow"), POLICY)
        assert http.get(Request(f"{server.url}/good"), PATIENT).content == b"1"


def test_one_slow_first_request_does_not_end_a_host() -> None:
    routes: dict[str, Route] = {"/slow": HANGING, "/good": Reply(b"1")}
    with serve(routes) as server, Http(pace=0, patience=0.1) as http:
        with pytest.raises(UnfinishedError, match="no data in time"):
            http.get(Request(f"{server.url}/slow"), POLICY)
        assert http.get(Request(f"{server.url}/good"), PATIENT).content == b"1"


def test_a_host_that_completes_nothing_is_abandoned_after_a_few_requests() -> None:
    with serve({"/slow": HANGING}) as server, Http(pace=0, patience=0.1) as http:
        for number in range(STRIKES_UNFINISHED + 1):
            with pytest.raises(UnreachableError, match="no data in time") as caught:
                http.get(Request(f"{server.url}/slow"), POLICY)
            assert isinstance(caught.value, UnfinishedError) == (number < STRIKES_UNFINISHED)


@pytest.mark.parametrize("reply", [Reply(b"", 500), Reply(b"", 504), HANGING], ids=["500", "504", "hangs"])
def test_a_request_that_can_be_split_is_not_repeated(reply: Reply) -> None:
    with serve({"/a": reply}) as server, Http(pace=0, patience=0.1) as http:
        with pytest.raises(UnfinishedError):
            http.get(Request(f"{server.url}/a"), replace(POLICY, splits=True))
        assert len(server.asked) == 1


@pytest.mark.parametrize("cut", [b'{"features": [{"a": 1}, {"b"', b"", b"<html>busy</html>"])
def test_truncated_json_in_a_good_answer_is_requested_once_more(cut: bytes) -> None:
    whole = Reply(b'{"features": []}', validators=False)
    with serve({"/a": in_turn(Reply(cut, validators=False), whole)}) as server, session() as http:
        assert http.get(Request(f"{server.url}/a", is_json=True), POLICY).json() == {"features": []}
        server.routes["/b"] = Reply(cut, validators=False)
        with pytest.raises(FetchError, match="answered 200 without JSON"):
            http.get(Request(f"{server.url}/b", is_json=True), POLICY).json()
        assert [asked.path for asked in server.asked] == ["/a", "/a", "/b", "/b"]


def test_requests_to_a_host_keep_their_distance() -> None:
    with serve({"/a": Reply(b"1")}) as server, Http() as http:
        began = time.monotonic()
        for _ in range(3):
            http.get(Request(f"{server.url}/a"), Policy(interval_s=0.2))
        assert time.monotonic() - began >= 0.4


def test_redirects_lead_only_where_the_source_expects() -> None:
    with serve({"/a": Reply(b"moved here")}) as other, session() as http:
        host = other.url.removeprefix("http://")
        moved = Reply(status=302, headers={"Location": f"{other.url}/a"})
        with serve({"/a": moved, "/b": Reply(status=301, headers={"Location": "/a"})}) as server:
            with pytest.raises(FetchError, match="not an address of this source"):
                http.get(Request(f"{server.url}/a"), POLICY)
            answer = http.get(Request(f"{server.url}/b"), Policy(interval_s=0, redirect_hosts=(host,)))
            assert answer.content == b"moved here"


def test_a_key_does_not_follow_a_redirect_to_another_host() -> None:
    with serve({"/a": Reply(b"1")}) as other, session() as http:
        with serve({"/a": Reply(status=302, headers={"Location": f"{other.url}/a"})}) as server:
            policy = Policy(interval_s=0, redirect_hosts=(other.url.removeprefix("http://"),))
            http.get(Request(f"{server.url}/a", headers={"Ocp-Apim-Subscription-Key": SECRET}), policy)
        assert SECRET not in str(other.asked[0].headers)


def test_a_redirect_loop_ends() -> None:
    loop = Reply(status=302, headers={"Location": "/a"})
    with (
        serve({"/a": loop}) as server,
        session() as http,
        pytest.raises(FetchError, match="more than 5 times"),
    ):
        http.get(Request(f"{server.url}/a"), POLICY)


@pytest.mark.parametrize("header", [{"X-DataWebAPI-KeyError": "1"}, {}])
def test_a_redirect_to_a_key_page_is_a_configuration_error(header: dict[str, str]) -> None:
    location = {"Location": "/data/missing_key.html"}
    with serve({"/data": Reply(status=302, headers=location | header)}) as server, session() as http:
        with pytest.raises(ConfigurationError, match="valid key"):
            http.get(Request(f"{server.url}/data"), POLICY)
        assert len(server.asked) == 1


def test_a_body_beyond_the_cap_is_not_read() -> None:
    capped = Policy(interval_s=0, max_bytes=1000)
    with (
        serve({"/a": Reply(b"x" * 5000)}) as server,
        session() as http,
        pytest.raises(FetchError, match="1,000"),
    ):
        http.get(Request(f"{server.url}/a"), capped)


def test_a_download_resumes_where_it_broke_off(tmp_path: Path) -> None:
    body = bytes(range(256)) * 8000
    with serve({"/a.zip": in_turn(Reply(body, cut_after=700_000), Reply(body))}) as server, session() as http:
        answer = http.download(Request(f"{server.url}/a.zip"), tmp_path / "a.zip", POLICY)
        assert answer.path is not None
        assert answer.path.read_bytes() == body
        assert server.asked[1].headers["Range"].startswith("bytes=")
        assert server.sent[1][1] == 206
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_download_resumes_in_the_next_run(tmp_path: Path) -> None:
    body = b"0123456789" * 100_000
    policy = Policy(interval_s=0, attempts=1)
    with serve({"/a": Reply(body, cut_after=600_000)}) as server:
        with session() as http, pytest.raises(FetchError):
            http.download(Request(f"{server.url}/a"), tmp_path / "a", policy)
        server.routes["/a"] = Reply(body)
        with session() as http:
            http.download(Request(f"{server.url}/a"), tmp_path / "a", policy)
        assert server.sent[1][1] == 206
    assert (tmp_path / "a").read_bytes() == body


def test_a_file_that_changed_during_the_download_is_downloaded_again(tmp_path: Path) -> None:
    policy = Policy(interval_s=0, attempts=1)
    with serve({"/a": Reply(b"old" * 300_000, cut_after=600_000)}) as server:
        with session() as http, pytest.raises(FetchError):
            http.download(Request(f"{server.url}/a"), tmp_path / "a", policy)
        server.routes["/a"] = Reply(b"new" * 300_000, last_modified="Tue, 17 Nov 2026 12:00:00 GMT")
        with session() as http:
            http.download(Request(f"{server.url}/a"), tmp_path / "a", policy)
    assert (tmp_path / "a").read_bytes() == b"new" * 300_000


def test_a_conditional_request_returns_no_body(tmp_path: Path) -> None:
    with serve({"/a": Reply(b"1" * 1000)}) as server, session() as http:
        first = http.download(Request(f"{server.url}/a"), tmp_path / "a", POLICY)
        again = http.download(Request(f"{server.url}/a", validator=first.validator), tmp_path / "a2", POLICY)
        assert again.unchanged
        assert server.sent[-1][1:] == (304, 0)
    assert not (tmp_path / "a2").exists()


def test_the_validators_of_a_server_that_ignores_conditions_are_compared(tmp_path: Path) -> None:
    def ignoring(_: Asked) -> Reply:
        headers = {"ETag": '"v1"', "Last-Modified": "Mon, 16 Nov 2026 12:00:00 GMT"}
        return Reply(b"1" * 1000, headers=headers, validators=False)

    with serve({"/a": ignoring}) as server, session() as http:
        first = http.download(Request(f"{server.url}/a"), tmp_path / "a", POLICY)
        request = Request(f"{server.url}/a", validator=first.validator)
        assert http.download(request, tmp_path / "a2", POLICY).unchanged


def test_secrets_are_not_in_messages_urls_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = Reply(f"bad key {SECRET}".encode(), 400, "text/plain")
    with serve({"/a": echo, "/b": Reply(b"1")}) as server, Http(pace=0, secrets=[SECRET]) as http:
        with pytest.raises(FetchError) as caught:
            http.get(Request(f"{server.url}/a", (("key", SECRET),)), POLICY)
        answer = http.get(Request(f"{server.url}/b", (("key", SECRET), ("x", "1"))), POLICY)
        dead = Request(f"http://127.0.0.1:{free_port()}/", (("key", SECRET),))
        with pytest.raises(FetchError) as unreachable:
            http.get(dead, POLICY)
        assert server.asked[0].params["key"] == SECRET
        shown = f"{caught.value!r} {unreachable.value!r} {answer} {http!r} {caplog.text}"
    assert answer.url.endswith("/b?x=1")
    assert SECRET not in shown
    assert "s3cr3t" not in shown


def test_a_url_is_kept_without_credentials_and_keys() -> None:
    url = "https://user:pass@host.example/a?Subscription-Key=k&period=2024"
    assert without_secrets(url, (("token", "t"),)) == "https://host.example/a?period=2024"


def test_json_with_a_byte_order_mark_is_read_and_html_is_not() -> None:
    routes: dict[str, Route] = {
        "/a": Reply(b'\xef\xbb\xbf{"a": 1}'),
        "/b": Reply(b"<html>", content_type="text/html"),
    }
    with serve(routes) as server, session() as http:
        assert http.get(Request(f"{server.url}/a"), POLICY).json() == {"a": 1}
        with pytest.raises(FetchError, match="without JSON \\(text/html\\)"):
            http.get(Request(f"{server.url}/b"), POLICY).json()


def test_a_drip_ends_at_the_deadline_however_small_the_body() -> None:
    policy = Policy(interval_s=0, connect_s=1, read_s=1, deadline_s=0.3, attempts=1)
    dripping = {"/a": Reply(b"x" * 60, drip_s=0.05)}
    with serve(dripping) as server, session() as http, pytest.raises(FetchError, match="sent only"):
        http.get(Request(f"{server.url}/a"), policy)
