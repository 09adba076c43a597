"""How often a failure is retried, how long a retry waits, and when a run stops asking a host."""

import logging
import random
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests
import tenacity
import urllib3

from ingest.http.messages import (
    Answer,
    BusyError,
    FetchError,
    OverloadedError,
    Policy,
    SilentError,
    UnreachableError,
    http_date,
)

ANSWERLESS_ATTEMPTS = 2  # a host that does not answer at all gets two attempts instead of five
UNREADABLE_ATTEMPTS = 2  # truncated JSON in a successful answer is requested once more
LONGEST_WAIT_S = 120.0
HOSTS_DOWN_IS_NO_NETWORK = 3
# Consecutive failures after which a host is not asked again in this run: if it answers with errors, if it
# connects but does not finish (the request may be too large), and if it answered successfully before.
STRIKES = 2
STRIKES_UNFINISHED = 4
STRIKES_OF_A_GOOD_HOST = 10

log = logging.getLogger(__name__)


class TransientError(Exception):
    """A failure that is retried. ``answered`` is true if the host responded at all.

    ``unfinished`` marks a request that may have been too large for the host; ``answer`` is a successful
    answer that could not be read; ``attempts`` limits how often this failure is retried.
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
        """Whether the server asks for a wait that exceeds the night, because a daily quota is used up."""
        return self.wait_s is not None and self.wait_s > LONGEST_WAIT_S


@dataclass(slots=True)
class Breakers:
    """Which hosts are not asked again for the rest of the run."""

    open: dict[str, str] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    answered: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, host: str) -> None:
        """Raise `UnreachableError` if the run stopped asking the host or there is no network."""
        with self.lock:
            if host in self.open:
                raise UnreachableError(f"{host} is not asked again in this run: {self.open[host]}")
            if not self.answered and len(self.unreachable) >= HOSTS_DOWN_IS_NO_NETWORK:
                raise UnreachableError(
                    f"{host} was not contacted: no network, {len(self.unreachable)} hosts failed"
                )

    def succeeded(self, host: str) -> None:
        """Record a successful answer."""
        with self.lock:
            self.answered = True
            self.good.add(host)
            self.struck.pop(host, None)

    def failed(self, host: str, error: TransientError) -> None:
        """Count consecutive failures: one suffices for a host never reached, a good one is allowed many."""
        with self.lock:
            self.answered = self.answered or error.answered
            self.struck[host] = self.struck.get(host, 0) + 1
            if self.struck[host] < self._strikes(host, error) and not error.is_for_later:
                return
            if not error.answered:
                self.unreachable.add(host)
            self.open[host] = str(error)

    def _strikes(self, host: str, error: TransientError) -> int:
        """Number of consecutive failures after which a host is not asked again."""
        if host in self.good:
            return STRIKES_OF_A_GOOD_HOST
        if error.unfinished:
            return STRIKES_UNFINISHED
        return STRIKES if error.answered else 1


@dataclass(frozen=True, slots=True)
class TimeScale:
    """``pace`` multiplies throttles and back-offs, ``patience`` multiplies timeouts."""

    pace: float = 1.0
    patience: float = 1.0


def persist(
    host: str, policy: Policy, attempt: Callable[[], Answer], breakers: Breakers, scale: TimeScale
) -> Answer:
    """Attempt a request until it succeeds, or until the policy or the host's breaker ends the attempts.

    Raises:
        FetchError: No attempt succeeded.
    """
    breakers.check(host)

    def wait(state: tenacity.RetryCallState) -> float:
        """Full jitter under an exponential ceiling, but never less than the server's Retry-After."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_s if isinstance(error, TransientError) and error.wait_s is not None else 0.0
        ceiling = min(60.0, 2.0**state.attempt_number)
        jitter = random.uniform(0, ceiling)  # noqa: S311 (spreads load, guards nothing)
        return max(asked, jitter) * scale.pace

    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientError),
        stop=tenacity.stop_any(
            tenacity.stop_after_attempt(policy.attempts),
            tenacity.stop_after_delay(policy.deadline_s * scale.patience),
            _StopForGood(policy),
        ),
        wait=wait,
        reraise=True,
        before_sleep=lambda state: log.info(
            "%s: %s; attempt %s follows", host, _why(state), state.attempt_number
        ),
    )
    try:
        answer = attempts(attempt)
    except TransientError as error:
        if error.answer:  # the caller reports what is wrong with it
            breakers.succeeded(host)
            return error.answer
        breakers.failed(host, error)
        answered = BusyError if error.answered else UnreachableError
        unfinished = OverloadedError if error.answered else SilentError
        raise (unfinished if error.unfinished else answered)(f"{host}: {error}") from None
    except FetchError:
        breakers.succeeded(host)  # a refusal counts as an answer
        raise
    breakers.succeeded(host)
    return answer


class _StopForGood(tenacity.stop.stop_base):
    """Stop if the host does not answer, a smaller request follows, or no retry can succeed tonight."""

    def __init__(self, policy: Policy) -> None:
        self._splits = policy.splits

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        if not isinstance(error, TransientError):
            return False
        enough = error.attempts is not None and retry_state.attempt_number >= error.attempts
        return error.is_for_later or enough or (self._splits and error.unfinished)


def _why(state: tenacity.RetryCallState) -> str:
    return str(state.outcome.exception()) if state.outcome else ""


def cause_of(error: Exception) -> str:
    """The cause of a failure below HTTP, without the URL that requests puts into its messages."""
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
    """An error and its causes; urllib3 stores some as ``reason`` or as an argument."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop()
        if id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            behind = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
            waiting += [other for other in behind if isinstance(other, BaseException)]


def retry_after(value: str | None) -> float | None:
    """Seconds to wait, from either form of Retry-After."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    moment = http_date(value)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment else None
