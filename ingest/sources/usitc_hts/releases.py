"""Names and first days of releases."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from ingest.contracts import ParseError
from ingest.sources.usitc_hts.schemas import RELEASE


def release_id(name: str) -> str:
    """Our name for a release, from the publisher's: ``2026HTSRev17`` -> ``2026_rev_17``.

    Other spellings, such as ``Revision 17 (2026)`` and ``2026 Basic``, are the same release. A release that
    is neither basic nor a revision keeps its own words: ``2027 Supplement 1`` -> ``2027_supplement_1``.

    Raises:
        ParseError: the name states no year.
    """
    year = re.search(r"(?<!\d)\d{4}(?!\d)", name)
    if year is None:
        raise ParseError(f"'{name}' is not the name of an HTS release: it states no year")
    if revision := re.search(r"(?i)rev(?:ision)?[\s_.-]*(\d+)([a-z]?)(?![a-z])", name):
        return f"{year[0]}_rev_{int(revision[1])}{revision[2].lower()}"
    if "basic" in name.lower():
        return f"{year[0]}_basic"
    words = re.findall(r"[a-z]+|\d+", name.lower().replace(year[0], " ").replace("hts", " ", 1))
    return "_".join([year[0], *(words or ["hts"])])


def release_of(entry: Mapping[str, Any]) -> str:
    """A release from its name, or from its title if the name states no year."""
    try:
        return release_id(str(entry["name"]))
    except ParseError:
        return release_id(str(entry.get("title") or entry["name"]))


def releases_of(rows: Iterable[Mapping[str, Any]], name: str) -> pl.DataFrame:
    """Releases and their first days, from the publisher's release list (dates are month/day/year, or ISO).

    A release whose name states no year gets the year of its first day. One without a readable date has none,
    which its schema refuses, so that the other releases are kept.
    """
    try:
        dated = [(row, _date_of(row["releaseStartDate"])) for row in rows if row.get("releaseStartDate")]
        records = [{"release": _release_in(row, day), "valid_from": day} for row, day in dated]
    except (KeyError, TypeError) as error:
        raise ParseError(f"{name}: not a list of releases with names and start dates ({error})") from error
    if not any(day for _, day in dated):
        raise ParseError(f"{name}: no release with a start date")
    return pl.DataFrame(records, schema=RELEASE.dtypes)


def kept_releases(frame: pl.DataFrame) -> pl.DataFrame:
    """Releases from the stored table; names without a year get the year of their date."""
    day = day_in("effective_date")
    named = pl.col("revision").str.contains(r"^\d{4}_")
    return frame.select(
        release=pl.when(named)
        .then("revision")
        .otherwise(pl.concat_str(day.dt.year().cast(pl.String), pl.lit("_"), "revision")),
        valid_from=day,
    )


def _release_in(row: Mapping[str, Any], day: date | None) -> str | None:
    """The release of an entry; None if neither its name nor its date states a year."""
    try:
        return release_of(row)
    except ParseError:
        return release_id(f"{day.year} {row.get('title') or row['name']}") if day else None


def _date_of(text: str) -> date | None:
    try:
        return datetime.strptime(text[:10], "%m/%d/%Y" if "/" in text else "%Y-%m-%d").date()
    except ValueError:
        return None


def day_in(column: str) -> pl.Expr:
    """ISO dates from a column of text; null if it is not a date."""
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)
