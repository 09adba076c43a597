"""One polite HTTP session for all sources: throttled per host, patient with failures, deaf to surprises.

Throttling is requests-ratelimiter's, retries are tenacity's. Here stand the rules of the house: what is worth
another attempt, when a host is left alone for the rest of the run, which redirects are followed, how much is
read, how a broken download goes on, and that no secret gets into a message.
"""

import logging
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urljoin, urlsplit, urlunsplit

import msgspec
import orjson
import requests
import tenacity
import urllib3
from requests_ratelimiter import LimiterAdapter

from ingest.archive import Validator

USER_AGENT = "Mozilla/5.0 (compatible; critical-minerals-warehouse/0.1; nightly research refresh)"
SECRET_PARAMETERS = re.compile(r"(?i)^(key|api[-_]?key|subscription-key|token|userid)$")
LOGS_OF_URLS = ("urllib3.connectionpool", "urllib3.util.retry", "requests_ratelimiter")
CHUNK = 1 << 18
REDIRECTS = 5
ANSWERLESS_ATTEMPTS = 2  # a host that gives no answer at all is asked twice, not five times
UNREADABLE_ATTEMPTS = 2  # JSON that is cut off within a good answer is asked for once more
LONGEST_WAIT_S = 120.0
FIRST_WORDS_S = 5.0  # what an error page says is not worth more
HOSTS_DOWN_IS_NO_NETWORK = 3
# Requests in a row that fail before a host is given up: one that answers badly, one that connects and does
# not finish (a large request may be at fault), and one that has answered well earlier in this run.
STRIKES = 2
STRIKES_UNFINISHED = 4
STRIKES_OF_A_GOOD_HOST = 10

Params = Sequence[tuple[str, str]]
Progress = Callable[[int, int | None], None]
Shape = TypeVar("Shape")

log = logging.getLogger(__name__)


class FetchError(RuntimeError):
    """A request did not bring what it should. The message is one sentence without secrets."""


class NotFoundError(FetchError):
    """404: the publisher has no such file, or not yet."""


class BusyError(FetchError):
    """The host answers, but not this and not now: overloaded, over its quota, or breaking off."""


class UnreachableError(FetchError):
    """No answer came about, or the host was given up earlier in this run."""


class UnfinishedError(FetchError):
    """The host took the request and did not finish it (500, 504, no data in time): a smaller one may do."""


class _OverloadedError(UnfinishedError, BusyError):
    """It said so, or broke off."""


class _SilentError(UnfinishedError, UnreachableError):
    """No answer came about."""


class ConfigurationError(FetchError):
    """The user must do something (a key is missing or refused); asking again is of no use."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How one source's hosts want to be asked.

    ``interval_s`` is the least time between two requests to a host, ``deadline_s`` bounds one request with
    all its attempts, ``max_bytes`` what is read of one response. Redirects lead only to the same host or to
    ``redirect_hosts``. With ``splits`` a request that the host does not finish is not repeated: the source
    asks for less (`UnfinishedError`).
    """

    interval_s: float = 1.0
    connect_s: float = 5.0
    read_s: float = 60.0
    deadline_s: float = 600.0
    attempts: int = 5
    max_bytes: int = 64 << 20
    redirect_hosts: tuple[str, ...] = ()
    follow_redirects: bool = True
    splits: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A GET. ``validator`` makes it conditional; ``is_json`` repeats it where a good answer is cut off."""

    url: str
    params: Params = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    validator: Validator | None = None
    is_json: bool = False

    @property
    def public_url(self) -> str:
        """The whole URL as it may be kept and shown."""
        return without_secrets(self.url, self.params)

    def asked(self, *, conditionally: bool = True) -> dict[str, str]:
        """The headers to send."""
        sent = dict(self.headers)
        if conditionally and self.validator and self.validator.etag:
            sent["If-None-Match"] = self.validator.etag
        if conditionally and self.validator and self.validator.last_modified:
            sent["If-Modified-Since"] = self.validator.last_modified
        return sent


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as far as anybody needs it; the bytes of a download lie at ``path``, not in ``content``."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    path: Path | None = None

    @property
    def unchanged(self) -> bool:
        """Whether the server confirmed what is already archived."""
        return self.status == 304

    @property
    def validator(self) -> Validator:
        """What to ask with next time."""
        return Validator(self.url, self.headers.get("ETag"), self.headers.get("Last-Modified"))

    @property
    def stated_on(self) -> datetime | None:
        """When the server says the body last changed (UTC)."""
        return _http_date(self.headers.get("Last-Modified"))

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, shape: type[Shape]) -> Shape: ...
    def json(self, shape: Any = Any) -> Any:
        """The body as JSON of a shape, with or without a byte order mark.

        Raises:
            FetchError: It is something else.
        """
        try:
            return msgspec.json.decode(self.content.removeprefix(b"\xef\xbb\xbf"), type=shape)
        except msgspec.ValidationError as error:
            raise FetchError(f"{host_of(self.url)} answered JSON of another shape: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            kind = self.headers.get("Content-Type", "no content type")
            raise FetchError(f"{host_of(self.url)} answered {self.status} without JSON ({kind})") from None


class _TransientError(Exception):
    """Worth another attempt. ``answered`` tells a host in trouble from one that is not there.

    ``unfinished`` marks a request that may have been too large for the host, ``answer`` a good answer that
    could not be read; ``attempts`` bounds how often this failure is met.
    """

    def __init__(
        self,
        message: str,
        *,
        answered: bool = True,
        unfinished: bool = False,
        wait_s: float | None = None,
        answer: Answer | None = None,
    ) -> None:
        super().__init__(message)
        self.answered = answered
        self.unfinished = unfinished
        self.wait_s = wait_s
        self.answer = answer
        self.attempts = UNREADABLE_ATTEMPTS if answer else None if answered else ANSWERLESS_ATTEMPTS

    @property
    def is_for_later(self) -> bool:
        """Whether the server wants a longer wait than a night has: a daily quota is used up."""
        return self.wait_s is not None and self.wait_s > LONGEST_WAIT_S


@dataclass(slots=True)
class _Breakers:
    """Which hosts are given up for the rest of the run."""

    open: dict[str, str] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    answered: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, host: str) -> None:
        with self.lock:
            if host in self.open:
                raise UnreachableError(f"{host} was given up earlier in this run: {self.open[host]}")
            if not self.answered and len(self.unreachable) >= HOSTS_DOWN_IS_NO_NETWORK:
                raise UnreachableError(
                    f"{host} was not asked: no network, {len(self.unreachable)} hosts failed"
                )

    def succeeded(self, host: str) -> None:
        with self.lock:
            self.answered = True
            self.good.add(host)
            self.struck.pop(host, None)

    def failed(self, host: str, error: _TransientError) -> None:
        """Count failures in a row. A host that was never reached is given up at once, a good one late."""
        with self.lock:
            self.answered = self.answered or error.answered
            self.struck[host] = self.struck.get(host, 0) + 1
            if self.struck[host] < self._strikes(host, error) and not error.is_for_later:
                return
            if not error.answered:
                self.unreachable.add(host)
            self.open[host] = str(error)

    def _strikes(self, host: str, error: _TransientError) -> int:
        """How many failures in a row give a host up."""
        if host in self.good:
            return STRIKES_OF_A_GOOD_HOST
        if error.unfinished:
            return STRIKES_UNFINISHED
        return STRIKES if error.answered else 1


class _Redactor(logging.Filter):
    """Keeps secrets out of the log records of the libraries below, which write URLs at DEBUG."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redact(record.getMessage()), ()
        return True


class Http:
    """The session of one run, safe to share between threads.

    Args:
        secrets: Values that must never show in a message or a log.
        pace: Multiplies every throttle and back-off (0 in tests, where the host is our own).
        patience: Multiplies every timeout.
    """

    def __init__(self, *, secrets: Sequence[str] = (), pace: float = 1.0, patience: float = 1.0) -> None:
        self._forms = tuple(form for secret in secrets if secret for form in _forms(secret))
        self._pace = pace
        self._patience = patience
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()
        self._breakers = _Breakers()
        self._filter = _Redactor(self.redact)
        for name in LOGS_OF_URLS:
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
        for name in LOGS_OF_URLS:
            logging.getLogger(name).removeFilter(self._filter)

    def redact(self, text: str) -> str:
        """The text without any secret, in whatever form."""
        for form in self._forms:
            text = text.replace(form, "***")
        return text

    def redact_bytes(self, content: bytes) -> bytes:
        """As `redact`, of what came from a server, whatever its bytes are."""
        for form in self._forms:
            content = content.replace(form.encode(), b"***")
        return content

    def get(self, request: Request, policy: Policy) -> Answer:
        """Read a response into memory.

        Raises:
            FetchError: It did not come, in one of its kinds; the message says why.
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
            FetchError: As for `get`, or the server sends no part of a file.
        """
        span = {"Range": f"bytes={first}-{first + count - 1}", "Accept-Encoding": "identity"}

        def attempt() -> Answer:
            with self._response(request, {**request.headers, **span}, policy) as response:
                if first and response.status_code != requests.codes.partial_content:
                    raise FetchError(f"{host_of(request.url)} sends no part of a file")
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
        """Stream a response to ``target``, going on where an earlier attempt or run broke off.

        Where the request's validator still holds, nothing is written and the answer is `Answer.unchanged`.

        Raises:
            FetchError: As for `get`; what has come so far stays beside ``target`` for the next run.
        """

        def attempt() -> Answer:
            part = _Part.of(target, request.public_url)
            # Compressed on the way, a body could not be resumed: ranges count the bytes as they are sent.
            headers = {**request.asked(conditionally=not part.going_on), "Accept-Encoding": "identity"}
            with self._response(request, headers | part.going_on, policy) as response:
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
                progress(part.done, part.done)  # done is done, also where no length was announced
            return answer

        return self._persist(host_of(request.url), policy, attempt)

    def _persist(self, host: str, policy: Policy, attempt: Callable[[], Answer]) -> Answer:
        """Make attempts until one succeeds, or until the policy or the host's breaker says stop."""
        self._breakers.check(host)
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_TransientError),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(policy.attempts),
                tenacity.stop_after_delay(policy.deadline_s * self._patience),
                _StopForGood(policy),
            ),
            wait=self._wait,
            reraise=True,
            before_sleep=lambda state: log.info(
                "%s: %s; attempt %s follows", host, _why(state), state.attempt_number
            ),
        )
        try:
            answer = attempts(attempt)
        except _TransientError as error:
            if error.answer:  # the caller says what is wrong with it
                self._breakers.succeeded(host)
                return error.answer
            self._breakers.failed(host, error)
            answered = BusyError if error.answered else UnreachableError
            unfinished = _OverloadedError if error.answered else _SilentError
            raise (unfinished if error.unfinished else answered)(f"{host}: {error}") from None
        except FetchError:
            self._breakers.succeeded(host)  # a refusal is an answer
            raise
        self._breakers.succeeded(host)
        return answer

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Full jitter under an exponential ceiling, but never before the server's own Retry-After."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_s if isinstance(error, _TransientError) and error.wait_s is not None else 0.0
        ceiling = min(60.0, 2.0**state.attempt_number)
        jitter = random.uniform(0, ceiling)  # noqa: S311 (spreads load, guards nothing)
        return max(asked, jitter) * self._pace

    @contextmanager
    def _response(
        self, request: Request, headers: Mapping[str, str], policy: Policy
    ) -> Iterator[requests.Response]:
        """One request with its expected redirects, judged by status; closed at the end."""
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
            words = "the connection broke off or stalled" if began else _plainly(error)
            slow = began or isinstance(error, requests.exceptions.ReadTimeout)
            raise _TransientError(words, answered=began, unfinished=slow) from None
        finally:
            if response is not None:
                response.close()

    def _redirected(self, target: str, response: requests.Response, origin: str, policy: Policy) -> str:
        """Where a redirect leads, if the source expects to be led there."""
        location = urljoin(target, response.headers["Location"])
        if "X-DataWebAPI-KeyError" in response.headers or re.search(r"(missing|invalid)_key", location):
            raise ConfigurationError(f"{origin} wants a valid key and redirects to its key page")
        hosts = (origin, *policy.redirect_hosts) if policy.follow_redirects else ()
        if not leads_within(target, location, hosts):
            place = self.redact(without_secrets(location))
            raise FetchError(f"{origin} redirects to {place}, where this source does not go")
        return location

    def _judge(self, response: requests.Response, host: str) -> None:
        """Let good answers and range answers through; sort the others by what can be done about them."""
        status = response.status_code
        if status < requests.codes.bad_request or status == requests.codes.requested_range_not_satisfiable:
            return
        said = self.redact(_first_words(response))
        message = f"answered {status}{f' ({said})' if said else ''}"
        if status == requests.codes.not_found:
            raise NotFoundError(f"{host} {message}")
        wait_s = _retry_after(response.headers.get("Retry-After"))
        is_quota = status == requests.codes.forbidden and wait_s is not None
        if is_quota or status == requests.codes.too_many_requests or status >= requests.codes.server_error:
            unfinished = status in (requests.codes.server_error, requests.codes.gateway_timeout)
            raise _TransientError(message, unfinished=unfinished, wait_s=wait_s)
        if status == requests.codes.unauthorized:
            raise ConfigurationError(f"{host} {message}: is the key right?")
        raise FetchError(f"{host} {message}")

    def _body(self, response: requests.Response, policy: Policy, start: int) -> Iterator[bytes]:
        """The body as it comes, up to the policy's size and time; a drip must not fill a chunk first."""
        done, deadline = start, time.monotonic() + policy.deadline_s * self._patience
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            done += len(chunk)
            if done > policy.max_bytes:
                raise FetchError(f"{host_of(response.url)} sent more than {policy.max_bytes:,} bytes")
            if time.monotonic() > deadline:
                said = f"sent only {done:,} bytes in {policy.deadline_s * self._patience:.0f} s"
                raise _TransientError(said, unfinished=True)
            yield chunk

    def _session(self, url: str, policy: Policy) -> requests.Session:
        """The session of a host, with its own throttle and no cookies shared between publishers."""
        host = host_of(url)
        with self._lock:
            if host not in self._sessions:
                session = requests.Session()
                session.headers["User-Agent"] = USER_AGENT
                interval = policy.interval_s * self._pace
                if interval:
                    # A burst of as many seconds makes it one request an interval.
                    adapter = LimiterAdapter(per_second=1 / interval, burst=interval, limit_statuses=())
                    session.mount("https://", adapter)
                    session.mount("http://", adapter)
                self._sessions[host] = session
            return self._sessions[host]


_PUBLIC_HEADERS = frozenset(
    {"Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "If-Range"}
)


def host_of(url: str) -> str:
    r"""Host and port of a URL, without credentials; empty where there is none.

    Read by the very parser that opens the connection: another one may see another host in
    ``https://elsewhere\@publisher/``.
    """
    try:
        return (urllib3.util.parse_url(url).netloc or "").lower()
    except urllib3.exceptions.LocationParseError:
        return ""


def leads_within(origin: str, link: str, hosts: Sequence[str]) -> bool:
    """Whether a link found at ``origin`` stays on these hosts, and under TLS if it came from there."""
    secure = origin.startswith("https:")
    return host_of(link) in hosts and link.startswith("https:" if secure else ("http:", "https:"))


def without_secrets(url: str, params: Params = ()) -> str:
    """The URL with its parameters, as it may be kept: no credentials, no key parameters."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *params]
    query = urlencode([(name, value) for name, value in pairs if not SECRET_PARAMETERS.match(name)])
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


class _StopForGood(tenacity.stop.stop_base):
    """Stop where no answer comes, where less is asked next, or where none is to be had in this night."""

    def __init__(self, policy: Policy) -> None:
        self._splits = policy.splits

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        if not isinstance(error, _TransientError):
            return False
        enough = error.attempts is not None and retry_state.attempt_number >= error.attempts
        return error.is_for_later or enough or (self._splits and error.unfinished)


def _ensure_json(answer: Answer) -> None:
    """A good answer that is cut off within its JSON comes whole the next time, as a rule."""
    try:
        answer.json(msgspec.Raw)
    except FetchError as error:
        raise _TransientError(str(error), answer=answer) from None


def _forms(secret: str) -> tuple[str, ...]:
    """How a secret may stand in a text: as it is, encoded for an address, escaped for JSON."""
    return secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/")


def _why(state: tenacity.RetryCallState) -> str:
    return str(state.outcome.exception()) if state.outcome else ""


def _plainly(error: Exception) -> str:
    """What went wrong below HTTP, in words and without the URL that requests puts into its messages."""
    causes: dict[type[BaseException], str] = {
        urllib3.exceptions.NameResolutionError: "its name is not found (DNS)",
        ConnectionRefusedError: "the connection was refused",
        ssl.SSLCertVerificationError: "its TLS certificate is not trusted here",
    }
    for cause in _causes(error):
        for kind, words in causes.items():
            if isinstance(cause, kind) and not isinstance(error, requests.exceptions.ProxyError):
                return words
    kinds: dict[type[Exception], str] = {
        requests.exceptions.ConnectTimeout: "no connection in time",
        requests.exceptions.ReadTimeout: "no data in time",
        requests.exceptions.SSLError: "the TLS handshake failed",
        requests.exceptions.ProxyError: "the proxy refused",
        requests.exceptions.ChunkedEncodingError: "the connection broke off",
        requests.exceptions.ContentDecodingError: "the body could not be decoded",
        requests.exceptions.ConnectionError: "no connection",
    }
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it was raised for; urllib3 hands some on as ``reason`` or as an argument."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop()
        if id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            behind = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
            waiting += [other for other in behind if isinstance(other, BaseException)]


def _first_words(response: requests.Response) -> str:
    """The start of an error body, as the publisher's own word on it; markup says nothing and is left out."""
    said, until = b"", time.monotonic() + FIRST_WORDS_S
    try:
        while len(said) < 400 and time.monotonic() < until:
            if not (more := response.raw.read1(400 - len(said), decode_content=True)):
                break
            said += more
    except urllib3.exceptions.HTTPError:
        return ""
    text = said.decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else " ".join(text.split())[:160]


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from either form of Retry-After."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    moment = _http_date(value)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _confirms(response: requests.Response, validator: Validator | None) -> bool:
    """Whether nothing changed: said by 304, or by a server deaf to conditions through equal validators."""
    if response.status_code == requests.codes.not_modified:
        return True
    if validator is None or not validator.usable or response.status_code != requests.codes.ok:
        return False
    same_etag = response.headers.get("ETag") == validator.etag
    return same_etag and response.headers.get("Last-Modified") == validator.last_modified


@dataclass(slots=True)
class _Part:
    """The partial file of a download, and beside it the version of the body that it is a part of."""

    path: Path
    facts: Path
    url: str
    going_on: dict[str, str]
    done: int = 0
    total: int | None = None

    @classmethod
    def of(cls, target: Path, url: str) -> "_Part":
        """What an earlier attempt left, with the headers to go on where its server lets versions be told."""
        path, facts = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.part.json")
        part = cls(path, facts, url, {})
        try:
            left = Validator(**orjson.loads(facts.read_bytes()))
            start = path.stat().st_size
        except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
            return part
        strong = left.etag if left.etag and not left.etag.startswith("W/") else left.last_modified
        if start and strong and left.url == url:
            part.done, part.going_on = start, {"Range": f"bytes={start}-", "If-Range": strong}
        return part

    def begin(self, response: requests.Response, validator: Validator) -> None:
        """Take what the server decided: the rest, the whole anew, or nothing that fits."""
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            self.path.unlink(missing_ok=True)
            raise _TransientError("the partial file no longer fits what the server has")
        resumed = re.match(rf"bytes {self.done}-", response.headers.get("Content-Range", ""))
        if response.status_code != requests.codes.partial_content or not resumed:
            self.done = 0
            self.path.write_bytes(b"")
        self.facts.write_bytes(orjson.dumps(validator))
        length = response.headers.get("Content-Length")
        plain = response.headers.get("Content-Encoding", "identity") == "identity"
        self.total = self.done + int(length) if length and plain else None

    def write(self, chunk: bytes) -> None:
        with self.path.open("ab") as stream:
            stream.write(chunk)
        self.done += len(chunk)

    def finish(self, target: Path) -> None:
        if self.total is not None and self.done != self.total:
            raise _TransientError(f"broke off after {self.done:,} of {self.total:,} bytes")
        self.path.replace(target)
        self.facts.unlink(missing_ok=True)
