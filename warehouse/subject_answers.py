"""Answers from one subject of a mineral's sheet, such as its suppliers, filtered to what is named."""

from dataclasses import replace

import duckdb

from warehouse import asking
from warehouse.asking import AREAS, Asked
from warehouse.book import place_names
from warehouse.first_lines import FirstLine, not_held, within
from warehouse.narrowing import NOT_SHOWN, Row, is_seller, narrowed_to, year_columns, years_of
from warehouse.replies import OUTPUT_OF, Reply
from warehouse.sheet import Subject, read_over_years, read_subject
from warehouse.subject_sentences import beginning
from warehouse.units import in_words, lowered, number

MINED = "ore_concentrate"
"""The stage of the output of mines."""
_SUBJECTS = {
    "china": "China's share of imports of {} is",
    "suppliers": "imports of {} by supplier are",
    "dependency": "net import reliance on {} is",
    "producers": "output of {} by country is",
    "prices": "prices of {} are",
    "measures": "controls, tariffs and deadlines that name {} are",
    "stocks": "stocks of {} are",
    "rank": "a rank of {} in the scorecard is",
    "projects": "projects, mines and plants for {} are",
}
"""The subjects in a sentence on what is not held."""
_MINING = asking.stems("mine mines mina minas extrae extraen extrait mining mined miner miners")
_REFINING = asking.stems(
    "refine refined refinery refiner smelt smelter refina refinan refineria raffine raffinent"
)


def of_subject(con: duckdb.DuckDBPyConnection, name: str, asked: Asked) -> Reply:
    """Return a subject of a mineral's sheet, filtered to the places and years that are named."""
    mineral_id = asked.mineral_id or ""
    series = _series(con, name, asked)
    found = series or _of_years_asked(con, name, mineral_id, asked)
    rows, narrowed = [tuple(row) for row in found.rows], [f"{asked.mineral}"]
    notes: list[str] = []
    if rows:
        of_places = replace(asked, mineral_id=None, year=None)
        rows, more, notes = narrowed_to(con, found.title, found.columns, rows, of_places)
        narrowed += more
        notes += _of_sellers(con, name, asked) if name in ("suppliers", "china") and not series else []
        notes += _other_stages(found, asked) if name == "producers" else []
        if name == "producers" and (made := _of_makers(con, asked)):
            notes = [*made, *(note for note in notes if not note.startswith(NOT_SHOWN))]
        buyers = {place.code for place in asked.places if not is_seller(place)}
        if name == "china" and not series and buyers <= {"USA"}:
            notes += _printed_share(con, asked)
        if name == "china" and asked.years and not series:
            notes.append(f"`minerals ask suppliers {mineral_id} {asked.years}` has the shares of each year.")
    if asked.years:
        notes.append(f"`minerals show {mineral_id} --over-years` has reliance, output and prices by year.")
    if asked.year:
        narrowed.append(f"the newest figures up to {asked.year}")
    if asked.years and not found.rows:
        narrowed.append(str(asked.years))
    first = None if rows else _why_none(con, name, asked, found)
    stages = _stages_asked(found, asked) if name == "producers" else ()
    led = "series" if series else name
    begun = beginning(con, led, asked, replace(found, rows=rows), stages)
    if begun:
        first, rows = begun.first, [*begun.rows]
        notes += [begun.note] if begun.note else []
    table = Subject(name, found.title, found.columns, rows)
    return Reply(name, found.title, [table], narrowed, notes, first=first)


def _why_none(con: duckdb.DuckDBPyConnection, name: str, asked: Asked, found: Subject) -> FirstLine | None:
    """Return why a subject has no rows; None if it has rows on others than the places that are named."""
    mineral = asked.mineral_id or ""
    subject = _SUBJECTS.get(name, "figures on {} are").format(within(f"{asked.mineral}", "mineral"))
    newest = _newest_year(con, name, mineral) if asked.year and not found.rows else None
    if newest:
        return not_held(f"{subject} not held for {asked.year}; the newest is for {newest}.")
    area = next((place.code for place in asked.places if place.code in AREAS), "USA")
    kind = {"suppliers": "imports_by_supplier", "china": "imports_by_supplier"}
    kind |= {"dependency": "net_import_reliance"}
    if name in kind:
        [(why,)] = con.execute("select why_not_held($1, $2, $3)", [kind[name], area, mineral]).fetchall()
        of_area = within(place_names(con).get(area, area), "area")
        if why.startswith("held from"):
            years = why.removeprefix("held ").removesuffix(" only")
            if name != "china":
                return not_held(f"{subject} held {years} alone, and not for what is named.")
            more = f"`minerals ask suppliers {mineral}` has its imports by supplier {years}"
            return not_held(f"{subject} not held in world trade; {more}.")
        why = why.removeprefix("not held").lstrip(":, ").removeprefix("and ")
        return not_held(f"{subject} not held for {of_area}: {why}.")
    return None if found.rows else not_held(f"{subject} not held.")


def _stages_asked(found: Subject, asked: Asked) -> list[str]:
    """Return the stages of mines or of refineries, if the words ask for one of them."""
    stages = {str(row[found.columns.index("stage")]) for row in found.rows}
    if set(_REFINING) & set(asked.wanted):
        return sorted(stages - {MINED})
    return [MINED] if set(_MINING) & set(asked.wanted) else []


def _series(con: duckdb.DuckDBPyConnection, name: str, asked: Asked) -> Subject | None:
    """Return the share of one supplier in each year, if the words name several years."""
    sellers = [place.code for place in asked.places if is_seller(place)] or (
        ["CHN"] if name == "china" else []
    )
    if not asked.years or name not in ("china", "suppliers") or len(sellers) != 1:
        return None
    area = next((place.code for place in asked.places if place.code in AREAS and not is_seller(place)), "USA")
    sheet = read_over_years(con, asked.mineral_id or "", sellers[0], area)
    found = sheet.subjects[0]
    return found if found.rows else None


def _of_years_asked(con: duckdb.DuckDBPyConnection, name: str, mineral_id: str, asked: Asked) -> Subject:
    """Return a subject with its newest rows up to the year that is named, or with rows of several years.

    A subject has its newest rows up to a year, so several years are read from the last to the first.
    """
    last = asked.years.last if asked.years else asked.year
    found = read_subject(con, name, mineral_id, last)
    dated = year_columns(found.columns)
    if not asked.years or not dated:
        return found
    rows = [tuple(row) for row in found.rows]
    newer: list[Row] = rows
    while begun := [years[0] for row in newer if (years := years_of(row[dated[0]]))]:
        last = min([max(begun), *([last] if last else [])]) - 1
        if last < (asked.years.first or 0):
            break
        newer = [tuple(row) for row in read_subject(con, name, mineral_id, last).rows]
        rows += newer
    return replace(found, rows=list(dict.fromkeys(rows)))


def _of_sellers(con: duckdb.DuckDBPyConnection, name: str, asked: Asked) -> list[str]:
    """Return a note on the newest imports held from each seller that is named."""
    notes = []
    for place in asked.places:
        if not is_seller(place) or (name == "china" and place.code == "CHN"):
            continue
        rows = con.execute(
            """
            select
                area_name, stage, year(period), round(value_usd / 1e6, 2),
                if(coverage = 'basket_allocated', ' (in shared codes)', '')
            from marts.import_sources
            where mineral_id = $1 and supplier_iso3 = $2 and period_type = 'year' and value_usd is not null
            qualify row_number() over (partition by area, stage order by period desc, basis desc) = 1
            order by list_position(['USA', 'CAN', 'MEX', 'USMCA'], area), stage
            """,
            [asked.mineral_id, place.code],
        ).fetchall()
        listed = "; ".join(
            f"{area} {in_words(stage)} {year}: {usd:g} USD million{shared}"
            for area, stage, year, usd, shared in rows
        )
        if rows:
            notes.append(f"Newest imports from {place.name} that are held: {listed}.")
        else:
            notes.append(f"No yearly value of imports of {asked.mineral} from {place.name} is held.")
    return notes


def _of_makers(con: duckdb.DuckDBPyConnection, asked: Asked) -> list[str]:
    """Return a note on the output of each country that is named; none if one of them has none listed."""
    notes = []
    for place in asked.places:
        rows = con.execute(
            """
            select
                stage, year, production_t,
                coalesce(printf(', %.1f %% of the world total', 100 * world_share), '')
            from marts.world_production
            where
                mineral_id = $1 and country_iso3 = $2 and production_t is not null and is_recommended
                and year <= coalesce($3, year)
            qualify row_number() over (partition by stage order by year desc, edition desc, source_id) = 1
            order by year desc, stage
            """,
            [asked.mineral_id, place.code, asked.year],
        ).fetchall()
        if not rows:
            return []
        listed = "; ".join(
            f"{number(tonnes)} t ({in_words(stage)}, {year}{share})" for stage, year, tonnes, share in rows
        )
        notes.append(f"{OUTPUT_OF} {place.name}: {listed}.")
    return notes


def _printed_share(con: duckdb.DuckDBPyConnection, asked: Asked) -> list[str]:
    """Return a note on China's share of US imports as USGS prints it.

    This is the share to quote if customs data do not identify the mineral.
    """
    rows = con.execute(
        """
        select round(100 * quantity_share), year(period), year(period) + 3
        from marts.import_sources
        where
            area = 'USA'
            and mineral_id = $1
            and supplier_iso3 = 'CHN'
            and basis = 'usgs_four_years'
            and quantity_share is not null
        order by is_recommended desc, period desc
        limit 1
        """,
        [asked.mineral_id],
    ).fetchall()
    return [
        f"USGS prints China's share of US imports by weight: {share:.0f} % ({first} to {last});"
        f" `minerals ask suppliers {asked.mineral_id}` has all shares and which to quote."
        for share, first, last in rows
    ]


def _other_stages(found: Subject, asked: Asked) -> list[str]:
    """Return a note if the words ask for mines or refineries, and only output of the other is held."""
    stages = {row[found.columns.index("stage")] for row in found.rows}
    mines, refineries = stages & {MINED}, stages - {MINED}
    asks_mines, asks_refineries = set(_MINING) & set(asked.wanted), set(_REFINING) & set(asked.wanted)
    if asks_refineries and not refineries:
        return [f"Refinery output of {lowered(str(asked.mineral))} is not held; these are mines."]
    if asks_mines and not asks_refineries and not mines:
        return [f"Mine output of {lowered(str(asked.mineral))} is not held; these are refineries and plants."]
    return []


def _newest_year(con: duckdb.DuckDBPyConnection, name: str, mineral_id: str) -> int | None:
    """Return the newest year of a subject, regardless of the year that is asked for."""
    found = read_subject(con, name, mineral_id, None)
    if "year" not in found.columns:
        return None
    return max((row[found.columns.index("year")] for row in found.rows), default=None)
