"""Policies, requests, answers, and the errors of requests."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
import urllib3

from ingest.archive import CacheValidator

SECRET_PARAMETERS = re.compile(r"(?i)^(key|api[-_]?key|subscription-key|token|userid)$")

Params = Sequence[tuple[str, str]]
Progress = Callable[[int, int | None], None]
Shape = TypeVar("Shape")


class FetchError(RuntimeError):
    """A request failed. The message is one sentence without secrets."""


class NotFoundError(FetchError):
    """404: the publisher has no such file, or not yet."""


class BusyError(FetchError):
    """The host answers but cannot serve this now: overloaded, over quota, or disconnecting."""


class UnreachableError(FetchError):
    """There was no answer, or the host was given up earlier in this run."""


class UnfinishedError(FetchError):
    """The host took the request and did not finish it (500, 504, no data in time): a smaller one may do."""


class OverloadedError(UnfinishedError, BusyError):
    """It said so, or broke off."""


class SilentError(UnfinishedError, UnreachableError):
    """No answer came about."""


class ConfigurationError(FetchError):
    """The user must act (a key is missing or refused); a retry is useless."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits and rules for requests to the hosts of one source.

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
    validator: CacheValidator | None = None
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
    def validator(self) -> CacheValidator:
        """The validator for the next request."""
        return CacheValidator(self.url, self.headers.get("ETag"), self.headers.get("Last-Modified"))

    @property
    def stated_on(self) -> datetime | None:
        """When the server says the body last changed (UTC)."""
        return http_date(self.headers.get("Last-Modified"))

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


def http_date(value: str | None) -> datetime | None:
    """A date of an HTTP header, UTC; None if there is none or it is no date."""
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
