"""The first sentence of the answers on a supplier that is lost and on a price floor, both as named."""

import re
from collections.abc import Sequence

import duckdb

from warehouse.asking import Asked
from warehouse.first_lines import FirstLine, in_series, once, within
from warehouse.narrowing import Row
from warehouse.subject_sources import Cells, published
from warehouse.traces import trace_of
from warehouse.units import in_sentence, in_words, measured, rounded

_UNPRINTED = re.compile(r"(\d{4}): total of 0 periods with weights; USD ([\d,]+) ")
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
    stages = [*dict.fromkeys(str(one["stage"]) for one in cells)]
    found: dict[str, None] = {}
    for stage in stages:
        sources = con.execute(
            "select distinct source_ids from price_floor($1, $2, $3, 'product') where area = 'USA'",
            [asked.mineral_id, asked.usd, stage],
        ).fetchall()
        found |= dict.fromkeys(one for (ids,) in sources for one in str(ids).split(";"))
    return FirstLine(
        names,
        [[in_words(one[name]) for name in names] for one in cells],
        _floor(con, asked, cells),
        once(published(con, [{"source_ids": ";".join(found)}])[0]),
        (),
        rows[0],
    )


def _floor(con: duckdb.DuckDBPyConnection, asked: Asked, cells: Sequence[Cells]) -> str:
    mineral = within(f"{asked.mineral}", "mineral")
    led = cells[0]
    if led["landed_usd_per_kg"] is None:
        unjudged = [
            (found[1], f"{_usd(int(found[2].replace(',', '')))} of {mineral} ({in_words(one['stage'])})")
            for one in cells
            if (found := _UNPRINTED.match(str(one["coverage"] or "")))
        ]
        years = in_series(dict.fromkeys(year for year, _ in unjudged)) if unjudged else ""
        return (
            f"Of {in_series(text for _, text in unjudged)} that the United States imported in {years}, none"
            f" can be judged against {asked.usd:,g} USD/kg: customs weights are not held.{_weights(con)}"
            if unjudged
            else f"Customs weights of {mineral} are not held, so it cannot be judged.{_weights(con)}"
        )
    of = f"{mineral} ({in_words(led['stage'])})"
    origin = within(str(led["origin"]), "country")
    price = in_sentence(rounded(led["landed_usd_per_kg"]), "landed_usd_per_kg")
    when = _between(led) if led["first_month"] else f"in {str(led['coverage'])[:4]}"
    text = f"US imports of {of} from {origin} landed at a mean of {price} {when}"
    if led["below_floor_share"] is not None:
        share = measured(led["below_floor_share"], "below_floor_share")
        text += f"; {share} of their weight was below {asked.usd:,g} USD/kg"
    if led["border_adjustment_usd"] is not None:
        text += f", and the floor would charge at least {_usd(led['border_adjustment_usd'])}"
    return f"{text}."


def _between(led: Cells) -> str:
    first, last = led["first_month"], led["last_month"]
    return f"in {first:%B %Y}" if first == last else f"from {first:%B %Y} to {last:%B %Y}"


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


def _usd(amount: float) -> str:
    return in_sentence(rounded(amount), "value_usd")
