"""The first sentence of the answers on a supplier that is lost and on a price floor, both as named."""

import re
from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.asking import Asked
from warehouse.book import goods_of
from warehouse.first_lines import FirstLine, in_series, once, within
from warehouse.narrowing import Row
from warehouse.subject_sources import Cells, published
from warehouse.traces import trace_of
from warehouse.units import in_sentence, in_words, is_figure, measured, rounded, rounded_in

_UNPRINTED = re.compile(r"(\d{4}): total of 0 periods with weights; USD ([\d,]+) ")
_NOT_WEIGHED = re.compile(r"USD ([\d,]+) of these months")
MOST_FORMS = 2
"""Number of forms up to which a sentence lists the value of each."""
_WITHOUT = [
    "lost_supplier",
    "days",
    "lost_share",
    "unreplaced_share_low",
    "unreplaced_share_high",
    "not_delivered_t",
    "imported_in_that_time_t",
    "stock_t",
    "spare_output_t",
    "year",
    "coverage_in_words",
]
_FLOOR = [
    "stage",
    "origin",
    "landed_usd_per_kg",
    "below_floor_share",
    "border_adjustment_usd",
    "value_usd",
    "first_month",
    "last_month",
    "coverage",
]


def without(
    con: duckdb.DuckDBPyConnection, asked: Asked, lost: str, columns: Sequence[str], row: Row
) -> tuple[FirstLine, str]:
    """Return the beginning of the answer on a lost supplier, and the note on its trace."""
    cells = dict(zip(columns, row, strict=True))
    names = [name for name in _WITHOUT if cells.get(name) is not None]
    sources = str(cells.get("published_by") or "")
    first = FirstLine(
        names,
        [[in_words(cells[name]) for name in names]],
        _without(asked, within(lost, "country"), cells),
        sources,
        (),
        row,
        sources,
    )
    design = (
        "marts.disruption_scenario scenario_id=usa_embargo mineral_id={mineral_id} year={year}"
        " lost_supplier_iso3={lost_supplier_iso3}; "
        "marts.disruption_scenario mineral_id={mineral_id} lost_supplier_iso3={lost_supplier_iso3}"
        " year={year} scope=area_imports by=lost_t scenario_id=usa_embargo"
    )
    traced = trace_of(con, [], cells, design) if cells.get("year") is not None else None
    return first, traced.note if traced else ""


def _without(asked: Asked, lost: str, cells: Cells) -> str:
    mineral, days = within(f"{asked.mineral}", "mineral"), cells["days"]
    begins = f"Without {lost} for {days} days,"
    if cells.get("lost_share") is None:
        why, _, held = str(cells.get("coverage")).partition("; held ")
        held = f" (its US imports are held {held})" if held else ""
        return f"{begins} no loss can be stated for {mineral}: {why}{held}."
    of = f"{mineral} ({in_words(cells['import_stage'])})"
    if cells["lost_share"] == 0:
        return (
            f"{begins} the United States would lack no {of}: no imports of it from there are recorded"
            f" ({cells['share_period']})."
        )
    share = measured(cells["lost_share"], "lost_share")
    lacks = _range(cells, "unreplaced_share_low", "unreplaced_share_high")
    lacks = "none" if lacks == "0 %" else lacks
    basis = {
        "customs_value_of_year": "by customs value",
        "usgs_four_years": "by weight, as USGS prints it",
    }.get(str(cells["share_basis"]), f"by {in_words(cells['share_basis'])}")
    text = f"{begins} the United States would lack {lacks} of the {of} that it imports in that time"
    text += f"; {lost} supplies {share} of it ({basis}, {cells['share_period']})"
    if cells["is_replacement_assumed"]:
        tried = _range(cells, "tried_share_low", "tried_share_high")
        text += f". It is assumed what others would supply; under other assumptions the loss is {tried}"
    limit = cells.get("coverage_in_words")
    return f"{text}. {limit}." if limit else f"{text}."


def floor(
    con: duckdb.DuckDBPyConnection, asked: Asked, columns: Sequence[str], rows: Sequence[Row]
) -> FirstLine | None:
    """Return the beginning of the answer on a price floor that is named; None without rows."""
    cells = [dict(zip(columns, row, strict=True)) for row in rows]
    if not cells:
        return None
    names = [name for name in _FLOOR if any(one[name] is not None for one in cells)]
    found = dict.fromkeys(source for one in cells for source in str(one["source_ids"]).split(";"))
    judged = [one for one in cells if one["landed_usd_per_kg"] is not None]
    return FirstLine(
        names,
        [[_shown(one[name], name) for name in names] for one in cells],
        _judged(con, asked, judged[0]) if judged else _unjudged(con, asked, cells),
        once(published(con, [{"source_ids": ";".join(found)}])[0]),
        _limits(con, asked, cells),
        rows[0],
    )


def _judged(con: duckdb.DuckDBPyConnection, asked: Asked, led: Cells) -> str:
    """Return what all origins together landed at; the mean of a stage is first in its rows."""
    goods = {one for one in goods_of(con, str(led["hs_codes"]).split(";")) if one}
    of = within(f"{asked.mineral}", "mineral")
    of = within(goods.pop(), "goods") if len(goods) == 1 else f"{of} ({in_words(led['stage'])})"
    price = in_sentence(rounded(led["landed_usd_per_kg"]), "landed_usd_per_kg")
    share = measured(led["below_floor_share"], "below_floor_share")
    part = {"0 %": "none", "100 %": "all"}.get(share, share)
    text = f"In the newest months with weights, {_between(led)}, US imports of {of} from {led['origin']}"
    text += f" landed at a mean of {price}; {part} of their weight was below {asked.usd:,g} USD/kg"
    if led["border_adjustment_usd"]:
        text += f", and the floor would charge at least {_usd(led['border_adjustment_usd'])}"
    return f"{text}."


def _unjudged(con: duckdb.DuckDBPyConnection, asked: Asked, cells: Sequence[Cells]) -> str:
    mineral = within(f"{asked.mineral}", "mineral")
    values = _without_weights(mineral, cells)
    if not values:
        return f"Customs weights of {mineral} are not held, so it cannot be judged.{_weights(con)}"
    years = in_series(sorted({year for year, _, _ in values}))
    of = (
        in_series(text for _, _, text in values)
        if len(values) <= MOST_FORMS
        else f"{_usd(sum(usd for _, usd, _ in values))} of {mineral} in {len(values)} forms"
    )
    return (
        f"Of {of} that the United States imported in {years}, none"
        f" can be judged against {asked.usd:,g} USD/kg: customs weights are not held.{_weights(con)}"
    )


def _limits(con: duckdb.DuckDBPyConnection, asked: Asked, cells: Sequence[Cells]) -> list[str]:
    """Return what the judged rows leave out: other forms, and origins whose weights are held together."""
    origins = {one["origin"] for one in cells}
    limits = (
        ["By origin, only the weights of China and of all others together are held"]
        if "all but China" in origins
        else []
    )
    for one in cells:
        if found := _NOT_WEIGHED.match(str(one["coverage"] or "")):
            usd = _usd(int(found[1].replace(",", "")))
            limits.append(f"{usd} of these months is without a usable weight and not judged")
    values = _without_weights(within(f"{asked.mineral}", "mineral"), cells)
    is_judged = len(values) < len(cells)
    if values and (is_judged or len(values) > MOST_FORMS):
        listed = in_series(f"{text} in {year}" for year, _, text in values)
        limits.append(f"Not judged, since customs weights are not held: {listed}")
    if values and is_judged:
        limits += [one for one in [_weights(con).strip().rstrip(".")] if one]
    return limits


def _without_weights(mineral: str, cells: Sequence[Cells]) -> list[tuple[str, int, str]]:
    """Return the year and the value of each stage of which no weight is held, and the value in words."""
    held = [(one, found) for one in cells if (found := _UNPRINTED.match(str(one["coverage"] or "")))]
    values = [(one["stage"], found[1], int(found[2].replace(",", ""))) for one, found in held]
    return [(year, usd, f"{_usd(usd)} of {mineral} ({in_words(stage)})") for stage, year, usd in values]


def _between(led: Cells) -> str:
    first, last = led["first_month"], led["last_month"]
    return f"{first:%B %Y}" if first == last else f"{first:%B %Y} to {last:%B %Y}"


def _weights(con: duckdb.DuckDBPyConnection) -> str:
    """Return which source has customs weights, if it has not been fetched yet."""
    missing = con.execute(
        "select 1 from meta.source_status where source_id = 'census_bulk' and mode in ('skipped', 'failed')"
    ).fetchone()
    return (
        " An online `minerals refresh` fetches them from the Census Bureau's monthly files."
        if missing
        else ""
    )


def _range(cells: Cells, low: str, high: str) -> str:
    first, last = measured(cells[low], low), measured(cells[high], high)
    return first if first == last else f"{first.removesuffix(' %')} to {last}"


def _shown(value: Any, column: str) -> Any:
    return rounded_in(value, column) if is_figure(value) else in_words(value)


def _usd(amount: float) -> str:
    return in_sentence(rounded(amount), "value_usd")
