"""US duty on goods from a country, with and without a claim of USMCA, as `ask` and `duty` give it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connect import fetch
from warehouse.first_lines import FirstLine, begun, publishers_behind

SQL = Path(__file__).with_name("duty.sql").read_text(encoding="utf-8")
_COLUMNS = (
    "hts8 product duty_pct with_usmca_claim_pct usmca_claimed_pct a_year_before_pct"
    " a_year_before_with_usmca_claim_pct status note"
)
_SENTENCE = (
    "{product} (line {hts8}) from {origin_iso3}:"
    " [{duty_pct} without a USMCA claim, {with_usmca_claim_pct} with one|{duty_pct}|duty not known]"
    " ({status})"
    "[; a year before, {a_year_before_pct} and {a_year_before_with_usmca_claim_pct}"
    "|; a year before, {a_year_before_pct}]"
    "[; {usmca_claimed_pct} of the imports claimed USMCA]."
)
NOT_HELD = "Anti-dumping and countervailing duties are not held."
_CLAIMED = "usmca_claimed_pct"
_NEWEST = "select strftime(max(period), '%Y-%m') from marts.usmca_claim"

Row = tuple[Any, ...]


def duties(con: duckdb.DuckDBPyConnection, what: str, origin: str, day: date) -> tuple[list[str], list[Row]]:
    """The duty on each tariff line of some goods; no row where the schedule has no such goods."""
    return fetch(con, SQL, {"what": what, "origin": origin, "day": day})


def first(con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[Row]) -> FirstLine | None:
    """The first line with a rate in words, and the columns, the most important first."""
    at, claimed = columns.index("duty_pct"), columns.index(_CLAIMED)
    ordered = sorted(rows, key=lambda row: row[at] is None)
    has_claims = any(row[claimed] is not None for row in rows)
    tables = ["marts.tariff_schedule", *(["marts.usmca_claim"] if has_claims else [])]
    design = {"columns": _COLUMNS, "sentence": _SENTENCE}
    return begun(con, design, columns, ordered, publishers_behind(con, tables))


def of_claims(con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The share of the imports that claimed USMCA; only the others paid the rate without a claim."""
    claimed = [row[columns.index(_CLAIMED)] for row in rows]
    held = [share for share in claimed if share is not None]
    if not held:
        return []
    [(newest,)] = con.execute(_NEWEST).fetchall()
    low, high = (f"{share:.1f}".removesuffix(".0") for share in (min(held), max(held)))
    share = f"{low} %" if low == high else f"{low} to {high} %"
    until = f"in the newest twelve months held (to {newest})"
    return [f"{share} of the imports of each line claimed USMCA {until} and paid the rate with a claim."]
