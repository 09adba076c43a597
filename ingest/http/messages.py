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
from ingest.formats.json_text import BOM

SECRET_PARAMETERS = re.compile(r"(?i)^(key|api[-_]?key|subscription-key|token|userid)$")

Params = Sequence[tuple[str, str]]
Progress = Callable[[int, int | None], None]
Shape = TypeVar("Shape")


class FetchError(RuntimeError):
    """A request failed. The message is one sentence without secrets."""


class NotFoundError(FetchError):
    """404: the publisher has no such file, or not yet."""


class BusyError(FetchError):
    """The host answers but cannot serve the request now: it is overloaded, over quota, or disconnects."""


class UnreachableError(FetchError):
    """There was no answer, or the run had already stopped asking the host."""


class UnfinishedError(FetchError):
    """The host did not finish the request (500, 504, no data in time): a smaller one may work."""


class OverloadedError(UnfinishedError, BusyError):
    """The host reported overload or disconnected."""


class SilentError(UnfinishedError, UnreachableError):
    """The host did not answer in time."""


class ConfigurationError(FetchError):
    """The user must act (a key is missing or refused); a retry is useless."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits and rules for requests to the hosts of one source.

    ``interval_s`` is the minimum time between two requests to a host, ``deadline_s`` the limit for one
    request with all its attempts, ``max_bytes`` the limit for one response. Redirects lead only to the same
    host or to ``redirect_hosts``. With ``splits``, a request that the host does not finish is not repeated:
    the source sends smaller ones (`UnfinishedError`).
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
    """A GET. ``validator`` makes it conditional; ``is_json`` repeats it if a successful answer is cut off."""

    url: str
    params: Params = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    validator: CacheValidator | None = None
    is_json: bool = False

    @property
    def public_url(self) -> str:
        """The whole URL without secrets, to store and show."""
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
    """What callers need of a response; the bytes of a download are at ``path``, not in ``content``."""

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
        """When the body last changed, according to the server (UTC)."""
        return http_date(self.headers.get("Last-Modified"))

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, shape: type[Shape]) -> Shape: ...
    def json(self, shape: Any = Any) -> Any:
        """The body as JSON of the given type, with or without a byte order mark.

        Raises:
            FetchError: It is anything else.
        """
        try:
            return msgspec.json.decode(self.content.removeprefix(BOM), type=shape)
        except msgspec.ValidationError as error:
            raise FetchError(f"{host_of(self.url)} answered JSON of an unexpected shape: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            kind = self.headers.get("Content-Type", "no content type")
            raise FetchError(f"{host_of(self.url)} answered {self.status} without JSON ({kind})") from None


def host_of(url: str) -> str:
    r"""Host and port of a URL, without credentials; empty if there is none.

    It uses the parser that opens the connection, since another parser may see another host in
    ``https://elsewhere\@publisher/``.
    """
    try:
        return (urllib3.util.parse_url(url).netloc or "").lower()
    except urllib3.exceptions.LocationParseError:
        return ""


def leads_within(origin: str, link: str, hosts: Sequence[str]) -> bool:
    """Whether a link found at ``origin`` stays on these hosts, and on TLS if ``origin`` uses it."""
    secure = origin.startswith("https:")
    return host_of(link) in hosts and link.startswith("https:" if secure else ("http:", "https:"))


def without_secrets(url: str, params: Params = ()) -> str:
    """The URL with its parameters, without credentials and key parameters, for the archive."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *params]
    query = urlencode([(name, value) for name, value in pairs if not SECRET_PARAMETERS.match(name)])
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


def http_date(value: str | None) -> datetime | None:
    """The date in an HTTP header, UTC; None if it is missing or not a date."""
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
