"""Probe a publisher with a minimal request: reachability, key, format, newest period.

A source module that fetches has ``probe(context) -> Probe``: one or a few requests of some KB, read by the
same parser as in a refresh, so that the two cannot diverge. `ask` turns the result into a `Finding`, with a
sentence on what a person has to do, if anything.
"""

import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeVar, cast

import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, accept
from ingest.fetch import FetchContext, RemoteFile
from ingest.gates import Gates, RefusedError, check_contract, looks_like_html
from ingest.http import (
    BusyError,
    ConfigurationError,
    FetchError,
    NotFoundError,
    Params,
    Policy,
    UnreachableError,
    host_of,
)
from ingest.remote_zip import WholeOnlyError

State = Literal["well", "no key", "attention", "not reached", "by hand"]
Key = Literal["not needed", "optional", "missing", "accepted", "refused", "not tried"]
Shape = Literal["known", "changed", "unknown", "not seen"]


MOST_BYTES: Final = 4 << 20  # a landing page may be large; all other answers are far smaller

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of a probe.

    ``newest`` is the newest period that the publisher serves, ``release`` the partition if the source
    publishes editions. ``notes`` are harmless changes, such as a new field that no parser reads.
    """

    newest: date | None = None
    release: str = ""
    notes: tuple[str, ...] = ()


class ProbedModule(Protocol):
    """A source module that can be probed."""

    SOURCE: Source
    POLICY: Policy
    GATES: Gates

    def probe(self, context: FetchContext) -> Probe:
        """Send a minimal request to the publisher; raises `FetchError` or `ParseError`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The status of a source on this machine.

    ``message`` is one sentence on the problem, ``advice`` says what a person can do about it.
    """

    source_id: str
    host: str
    state: State
    key: Key
    shape: Shape
    message: str = ""
    advice: str = ""
    probe: Probe = Probe()
    seconds: float = 0.0

    @property
    def reached(self) -> bool:
        """Whether the publisher itself answered."""
        return self.state not in {"not reached", "by hand"}


def interactive_policy(policy: Policy) -> Policy:
    """A policy for interactive use: short timeouts, small bodies, one retry."""
    return replace(
        policy,
        connect_s=5,
        read_s=min(policy.read_s, 20),
        deadline_s=40,
        attempts=2,
        max_bytes=MOST_BYTES,
    )


def ask(module: Any, context: FetchContext) -> Finding:
    """Probe one source; never raises.

    Args:
        module: The source's module; without a ``plan`` its files are dropped in by hand.
        context: The context, with an empty archive, so that everything counts as due.
    """
    source: Source = module.SOURCE
    host = host_of(context.base_url)
    if not hasattr(module, "plan"):
        return Finding(source.id, "", "by hand", "not needed", "not seen")
    begun = time.monotonic()
    try:
        found = _judged(source, host, context, cast("ProbedModule", module))
    except Exception as error:
        found = _failed(source, host, context, error)
    redact = context.options.http.redact
    return replace(
        found,
        message=redact(found.message),
        advice=redact(found.advice),
        seconds=round(time.monotonic() - begun, 2),
    )


def _judged(source: Source, host: str, context: FetchContext, module: ProbedModule) -> Finding:
    probe = module.probe(context)
    key: Key = "accepted" if context.options.key else _without_key(source, module)
    finding = Finding(source.id, host, "well", key, "changed" if probe.notes else "known", probe=probe)
    oldest = module.GATES.max_age_days
    if oldest and probe.newest and probe.newest < context.now.date() - timedelta(days=oldest):
        return replace(
            finding,
            state="attention",
            message=f"What {host} serves ends in {probe.newest:%Y-%m}: an outdated file.",
            advice=f"Look for the current address at {source.homepage}.",
        )
    return replace(finding, message=f"New fields or values: {'; '.join(probe.notes)}." if probe.notes else "")


def _without_key(source: Source, module: Any) -> Key:
    if not source.key_env:
        return "not needed"
    return "missing" if getattr(module, "NEEDS_KEY", False) else "optional"


def _failed(source: Source, host: str, context: FetchContext, error: Exception) -> Finding:
    """The finding for an error: what it means and what to do about it."""
    key: Key = "not tried" if context.options.key else "optional" if source.key_env else "not needed"
    state: State = "attention"
    shape: Shape = "not seen"
    message, sentence = str(error), ""
    match error:
        case ConfigurationError() if source.key_env and not context.options.key:
            state, key, message = "no key", "missing", "it needs a key"
            sentence = f"A free key (see {source.homepage}) can be set in {source.key_env}; none is required."
        case ConfigurationError():
            key = "refused" if context.options.key else key
            sentence = f"Is the key in {source.key_env} complete, and activated by the link in the e-mail?"
        case UnreachableError():
            state = "not reached"
            sentence = f"If it persists, check that the firewall or proxy lets this machine reach {host}."
        case BusyError():
            state, sentence = "not reached", "Nothing to do unless it persists for days."
        case WholeOnlyError():
            state = "well"
        case NotFoundError():
            setting = f"MINERALS_{source.id.upper()}_URL"
            sentence = f"Has it moved? See {source.homepage}; {setting} sets another address."
        case FetchError():
            sentence = f"Open {host} in a browser: is there a proxy, a login page or a block?"
        case _:
            foreseen = isinstance(error, ParseError | RefusedError)
            shape = "unknown"
            if not foreseen:
                message = f"its answer is not understood ({type(error).__name__} {message[:160]})"
            sentence = (
                "The archived files stay in use. Please report this: "
                f"ingest/sources/{source.id}.py must be adapted to the new format."
            )
    return Finding(source.id, host, state, key, shape, _sentence(message), sentence)


def _sentence(text: str) -> str:
    """The text as one line with a full stop."""
    text = " ".join(text.split()).rstrip(".")
    return f"{text}." if text else ""


# --- Building blocks for the probes of the sources ---


def parsed(
    parse: Callable[[Path, FileFacts], Frames], content: bytes, remote: RemoteFile, source: Source
) -> Frames:
    """The rows that a source's own parser reads from an answer, checked against its contracts.

    Raises:
        FetchError: It is a web page of a proxy, a login or an error.
        ParseError: It is not in the parser's format, or has no rows.
        RefusedError: Most of its rows break their contract.
    """
    if looks_like_html(content):
        raise FetchError(f"a web page was received instead of {remote.name}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(remote.name).name
        path.write_bytes(content)
        frames = parse(path, FileFacts(remote.name, remote.partition, date.max))
    if not any(frame.height for frame in frames.values()):
        raise ParseError(f"{remote.name}: no row in it can be read")
    for table in source.tables:
        if table.name in frames:
            accepted = accept(table, frames[table.name])
            check_contract(accepted.rows.height, accepted.refused.height, table.name)
    return frames


def newest_of(column: pl.Series) -> date | None:
    """The newest day, or the newest year as its first day; None if there is none."""
    newest = column.max()
    if isinstance(newest, int):
        return date(newest, 1, 1)
    return cast("date | None", newest)


def changed(params: Params, **others: str) -> Params:
    """The parameters with some values replaced."""
    return tuple((name, others.get(name, value)) for name, value in params)


def new_fields(found: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """A note on fields that the parser does not know."""
    unknown = sorted(set(found) - set(known))
    return (f"unknown fields {', '.join(unknown)}",) if unknown else ()


def first_found(look: Callable[[RemoteFile], Found], parts: Iterable[RemoteFile]) -> Found:
    """The answer from the first of several addresses that has one.

    Raises:
        NotFoundError: None of them has one.
    """
    missing: NotFoundError | None = None
    for remote in parts:
        try:
            return look(remote)
        except NotFoundError as error:
            missing = error
    raise missing or NotFoundError("there is nothing to request")
