"""The contract of a source module: publisher, tables, and the schema of their rows.

A parser is a pure function ``parse(path, facts) -> {table name: frame}``. `accept` validates its frames
against their schemas and separates the rows that break them, with a reason, so that no row is lost and no
invalid row is loaded.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import dataframely as dy
import polars as pl

Cadence = Literal["daily", "monthly", "annual", "irregular"]
Frames = Mapping[str, pl.DataFrame]


class ParseError(ValueError):
    """A file is not in its source's format; the message is one sentence that names the file and the fault."""


def about(description: str, unit: str | None = None) -> dict[str, Any]:
    """Metadata of a schema's column: its description and unit."""
    return {"unit": unit, "description": description}


@dataclass(frozen=True, slots=True)
class Table:
    """A raw table: its name ``<source>__<thing>``, the schema of its rows, and one line on what a row is."""

    name: str
    schema: type[dy.Schema]
    grain: str

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        return list(self.schema.columns())

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Polars type of each column, in order."""
        return {name: column.dtype for name, column in self.schema.columns().items()}

    def column_facts(self) -> list[dict[str, Any]]:
        """Name, polars type, unit and description of each column, as declared in the schema's metadata."""
        return [
            {"name": name, "type": str(column.dtype), **(column.metadata or {})}
            for name, column in self.schema.columns().items()
        ]


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of one publisher's data set, stated once.

    ``lag_days`` is how long after a period ends its figures usually appear; with ``cadence`` it gives the
    next expected release. ``heavy`` sources are fetched only by ``--all``, ``--sources`` and the nightly
    schedule. ``leading`` is the prefix of the partitions that determine the source's newest period: a month
    with only exports published does not count yet. ``drop_in`` says in one line which files a person may drop
    in. ``subject`` is the topic, such as prices, under which every page states how far the figures reach;
    empty for a source that no page lists there.
    """

    id: str
    title: str
    publisher: str
    homepage: str
    licence: str
    citation: str
    cadence: Cadence
    lag_days: int
    tables: tuple[Table, ...]
    base_url: str | None = None
    heavy: bool = False
    key_env: str | None = None
    note: str = ""
    leading: str = ""
    drop_in: str = ""
    subject: str = ""

    def __post_init__(self) -> None:
        """Refuse a source that no part of the pipeline could place.

        Raises:
            ValueError: an unknown cadence, or a table that is not named after the source.
        """
        known = get_args(Cadence)
        if self.cadence not in known:
            raise ValueError(f"{self.id}: cadence {self.cadence!r} is not one of {', '.join(known)}.")
        for table in self.tables:
            if not table.name.startswith(f"{self.id}__"):
                raise ValueError(f"{self.id}: table {table.name!r} does not begin with '{self.id}__'.")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known about a file besides its bytes.

    ``name`` is the publisher's file name, ``partition`` the slice of the source that the file replaces as a
    whole (an edition, a release, a month), ``vintage`` the day on which the publisher stated it.
    """

    name: str
    partition: str
    vintage: date


def usually_out(source: Source, period: date) -> date:
    """The day on which a source usually publishes a month or year, given by any of its days."""
    year, month = period.year, 12 if source.cadence == "annual" else period.month
    ends = date(year, month, monthrange(year, month)[1])
    return ends + timedelta(days=source.lag_days)


class SourceModule(Protocol):
    """The shape of a module in `ingest.sources`.

    For dropped-in files a module may also have ``partition_of(name)``, ``partition_in(path)`` where the name
    does not show it, and ``stated_vintage(path)``, the date that the file itself states.
    """

    SOURCE: Source

    def parse(self, path: Path, facts: FileFacts) -> Frames:
        """Read a publisher's file into frames by table name; raises `ParseError`."""
        ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """Rows that meet the contract, and refused rows with the rules that they break in ``_reason``."""

    rows: pl.DataFrame
    refused: pl.DataFrame


def accept(table: Table, frame: pl.DataFrame) -> Accepted:
    """Validate a parser's frame against the table's schema.

    A missing or surplus column raises `ParseError` for the whole file; a row that breaks a rule is refused on
    its own.
    """
    missing = [name for name in table.columns if name not in frame.columns]
    surplus = [name for name in frame.columns if name not in table.columns]
    if missing or surplus:
        raise ParseError(f"{table.name}: columns missing: {missing}, unexpected: {surplus}")
    ordered = frame.select(table.columns)
    rows, failure = table.schema.filter(ordered, cast=True)
    refused = failure.details()
    rules = [name for name in refused.columns if name not in table.columns]
    broken = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in rules]
    reason = pl.concat_str(broken, separator=", ", ignore_nulls=True) if broken else pl.lit("")
    return Accepted(rows, refused.with_columns(reason.alias("_reason")).drop(rules))
