"""One shared HTTP session: throttled, retries transient failures, rejects bad redirects and oversized bodies.

requests-ratelimiter throttles and tenacity retries. This package adds the project's rules: which failures
are retried, when a host is not asked again in the run, which redirects are followed, how much is read and how
an interrupted download resumes. It also keeps secrets out of messages.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode, urljoin, urlsplit, urlunsplit

import msgspec
import requests
import urllib3
from requests_ratelimiter import LimiterAdapter

from ingest.archive import CacheValidator
from ingest.http.messages import (
    Answer,
    ConfigurationError,
    FetchError,
    NotFoundError,
    Policy,
    Progress,
    Request,
    host_of,
    leads_within,
    without_secrets,
)
from ingest.http.partial import PartialFile
from ingest.http.retries import Breakers, TimeScale, TransientError, cause_of, persist, retry_after

USER_AGENT = "Mozilla/5.0 (compatible; critical-minerals-warehouse/0.1; nightly research refresh)"
REDACTED_LOGS = (
    "urllib3.connectionpool",
    "urllib3.util.retry",
    "requests_ratelimiter",
    "ingest.http.retries",
)
CHUNK = 1 << 18
REDIRECTS = 5
ERROR_BODY_S = 5.0
"""Longest time for reading the body of an error response, in seconds."""


class _Redactor(logging.Filter):
    """Removes secrets from log records: libraries log whole URLs at DEBUG, and retries quote the server."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redact(record.getMessage()), ()
        return True


class Http:
    """The session of one run, safe to share between threads.

    Args:
        secrets: Values that must never appear in a message or a log.
        pace: Multiplies every throttle and back-off (0 in tests, which use a local server).
        patience: Multiplies every timeout.
    """

    def __init__(self, *, secrets: Sequence[str] = (), pace: float = 1.0, patience: float = 1.0) -> None:
        self._secrets = tuple(form for secret in secrets if secret for form in _encodings(secret))
        self._pace = pace
        self._patience = patience
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()
        self._breakers = Breakers()
        self._filter = _Redactor(self.redact)
        for name in REDACTED_LOGS:
            logging.getLogger(name).addFilter(self._filter)

    def __repr__(self) -> str:
        return f"Http(hosts={sorted(self._sessions)})"

    def __enter__(self) -> "Http":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and the throttles' threads."""
        for session in self._sessions.values():
            session.close()
        for name in REDACTED_LOGS:
            logging.getLogger(name).removeFilter(self._filter)

    def redact(self, text: str) -> str:
        """The text with every form of every secret removed."""
        for form in self._secrets:
            text = text.replace(form, "***")
        return text

    def redact_bytes(self, content: bytes) -> bytes:
        """As `redact`, for bytes received from a server, in any encoding."""
        for form in self._secrets:
            content = content.replace(form.encode(), b"***")
        return content

    def get(self, request: Request, policy: Policy) -> Answer:
        """Read a response into memory.

        Raises:
            FetchError: The download failed; the subclass and the message say why.
        """

        def attempt() -> Answer:
            with self._response(request, request.asked(), policy) as response:
                if _confirms(response, request.validator):
                    return Answer(request.public_url, 304, response.headers)
                body = b"".join(self._body(response, policy, 0))
                answer = Answer(request.public_url, response.status_code, response.headers, body)
            if request.is_json and answer.status == requests.codes.ok:
                _ensure_json(answer)
            return answer

        return self._persist(host_of(request.url), policy, attempt)

    def peek(self, request: Request, policy: Policy, first: int, count: int) -> Answer:
        """At most ``count`` bytes of a response from the byte ``first`` on; the rest is not read.

        Raises:
            FetchError: As for `get`, or the server does not serve parts of a file.
        """
        span = {"Range": f"bytes={first}-{first + count - 1}", "Accept-Encoding": "identity"}

        def attempt() -> Answer:
            with self._response(request, {**request.headers, **span}, policy) as response:
                if first and response.status_code != requests.codes.partial_content:
                    raise FetchError(f"{host_of(request.url)} does not serve parts of a file")
                body = b""
                for chunk in self._body(response, policy, 0):
                    body += chunk
                    if len(body) >= count:
                        break
            return Answer(request.public_url, response.status_code, response.headers, body[:count])

        return self._persist(host_of(request.url), policy, attempt)

    def download(
        self, request: Request, target: Path, policy: Policy, progress: Progress | None = None
    ) -> Answer:
        """Stream a response to ``target``, resuming an interrupted attempt or run.

        If the request's validator still matches, nothing is written and the answer is `Answer.unchanged`.

        Raises:
            FetchError: As for `get`; the bytes received so far stay next to ``target`` for the next run.
        """

        def attempt() -> Answer:
            part = PartialFile.of(target, request.public_url)
            # A body compressed in transit could not be resumed: ranges count the bytes as sent.
            headers = {**request.asked(conditionally=not part.resume_headers), "Accept-Encoding": "identity"}
            with self._response(request, headers | part.resume_headers, policy) as response:
                if _confirms(response, request.validator):
                    return Answer(request.public_url, 304, response.headers)
                answer = Answer(request.public_url, response.status_code, response.headers, path=target)
                part.begin(response, answer.validator)
                for chunk in self._body(response, policy, part.done):
                    part.write(chunk)
                    if progress:
                        progress(part.done, part.total)
            part.finish(target)
            if progress:
                progress(part.done, part.done)  # complete, even if no length was announced
            return answer

        return self._persist(host_of(request.url), policy, attempt)

    def _persist(self, host: str, policy: Policy, attempt: Callable[[], Answer]) -> Answer:
        return persist(host, policy, attempt, self._breakers, TimeScale(self._pace, self._patience))

    @contextmanager
    def _response(
        self, request: Request, headers: Mapping[str, str], policy: Policy
    ) -> Iterator[requests.Response]:
        """One request with its expected redirects; checks the status and closes the response at the end."""
        origin = host_of(request.url)
        timeout = (policy.connect_s * self._patience, policy.read_s * self._patience)
        query = urlencode(request.params)
        target = urlunsplit(urlsplit(request.url)._replace(query=query)) if query else request.url
        response: requests.Response | None = None
        try:
            for _ in range(REDIRECTS):
                host = host_of(target)
                own = (
                    headers if host == origin else {k: v for k, v in headers.items() if k in _PUBLIC_HEADERS}
                )
                response = self._session(target, policy).get(
                    target, headers=own, timeout=timeout, stream=True, allow_redirects=False
                )
                if not response.is_redirect:
                    break
                target = self._redirected(target, response, origin, policy)
                response.close()
            else:
                raise FetchError(f"{origin} redirects more than {REDIRECTS} times")
            self._judge(response, origin)
            yield response
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            began = response is not None and response.status_code < requests.codes.bad_request
            words = "the connection broke off or stalled" if began else cause_of(error)
            slow = began or isinstance(error, requests.exceptions.ReadTimeout)
            raise TransientError(words, answered=began, unfinished=slow) from None
        finally:
            if response is not None:
                response.close()

    def _redirected(self, target: str, response: requests.Response, origin: str, policy: Policy) -> str:
        """The target of a redirect; raises an error unless the source expects it."""
        location = urljoin(target, response.headers["Location"])
        if "X-DataWebAPI-KeyError" in response.headers or re.search(r"(missing|invalid)_key", location):
            raise ConfigurationError(f"{origin} wants a valid key and redirects to its key page")
        hosts = (origin, *policy.redirect_hosts) if policy.follow_redirects else ()
        if not leads_within(target, location, hosts):
            place = self.redact(without_secrets(location))
            raise FetchError(f"{origin} redirects to {place}, which is not an address of this source")
        return location

    def _judge(self, response: requests.Response, host: str) -> None:
        """Accept a status below 400, and 416 (no such range); raise the matching error for any other."""
        status = response.status_code
        if status < requests.codes.bad_request or status == requests.codes.requested_range_not_satisfiable:
            return
        explanation = self.redact(_first_words(response))
        message = f"answered {status}{f' ({explanation})' if explanation else ''}"
        if status == requests.codes.not_found:
            raise NotFoundError(f"{host} {message}")
        wait_s = retry_after(response.headers.get("Retry-After"))
        is_quota = status == requests.codes.forbidden and wait_s is not None
        if is_quota or status == requests.codes.too_many_requests or status >= requests.codes.server_error:
            unfinished = status in (requests.codes.server_error, requests.codes.gateway_timeout)
            raise TransientError(message, unfinished=unfinished, wait_s=wait_s)
        if status == requests.codes.unauthorized:
            raise ConfigurationError(f"{host} {message}: is the key right?")
        raise FetchError(f"{host} {message}")

    def _body(self, response: requests.Response, policy: Policy, start: int) -> Iterator[bytes]:
        """The body in blocks as they arrive, within the policy's size and time limits."""
        done, deadline = start, time.monotonic() + policy.deadline_s * self._patience
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            done += len(chunk)
            if done > policy.max_bytes:
                raise FetchError(f"{host_of(response.url)} sent more than {policy.max_bytes:,} bytes")
            if time.monotonic() > deadline:
                message = f"sent only {done:,} bytes in {policy.deadline_s * self._patience:.0f} s"
                raise TransientError(message, unfinished=True)
            yield chunk

    def _session(self, url: str, policy: Policy) -> requests.Session:
        """The session for a host, with its own throttle and cookies."""
        host = host_of(url)
        with self._lock:
            if host not in self._sessions:
                session = requests.Session()
                session.headers["User-Agent"] = USER_AGENT
                interval = policy.interval_s * self._pace
                if interval:
                    # With a burst of the same length, the limit is one request per interval.
                    adapter = LimiterAdapter(per_second=1 / interval, burst=interval, limit_statuses=())
                    session.mount("https://", adapter)
                    session.mount("http://", adapter)
                self._sessions[host] = session
            return self._sessions[host]


_PUBLIC_HEADERS = frozenset(
    {"Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "If-Range"}
)


def _ensure_json(answer: Answer) -> None:
    """Raise a retryable error for truncated JSON: the next answer is usually complete."""
    try:
        answer.json(msgspec.Raw)
    except FetchError as error:
        raise TransientError(str(error), answer=answer) from None


def _first_words(response: requests.Response) -> str:
    """The start of an error body, as the publisher's own explanation; markup is left out."""
    body, until = b"", time.monotonic() + ERROR_BODY_S
    try:
        while len(body) < 400 and time.monotonic() < until:
            if not (more := response.raw.read1(400 - len(body), decode_content=True)):
                break
            body += more
    except urllib3.exceptions.HTTPError:
        return ""
    text = body.decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else " ".join(text.split())[:160]


def _confirms(response: requests.Response, validator: CacheValidator | None) -> bool:
    """Whether the file is unchanged: status 304, or equal validators if the server ignores conditions."""
    if response.status_code == requests.codes.not_modified:
        return True
    if validator is None or not validator.usable or response.status_code != requests.codes.ok:
        return False
    same_etag = response.headers.get("ETag") == validator.etag
    return same_etag and response.headers.get("Last-Modified") == validator.last_modified


def _encodings(secret: str) -> tuple[str, ...]:
    """The forms of a secret in a text: plain, URL-encoded and JSON-escaped."""
    return secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/")
