"""The wide files: salient statistics by commodity and world data to 2025, and figure 2 of every edition."""

from typing import Final

from ingest.contracts import ParseError
from ingest.formats.csv import clean_text
from ingest.sources.usgs_mcs.cells import (
    ESTIMATED,
    EXCLUDES_USA,
    NO_UNIT,
    noted_value,
    notes_say_estimated,
    printed_columns,
)
from ingest.sources.usgs_mcs.columns import COLUMNS_MEANT, kind_of, unit_of, world_unit_meant
from ingest.sources.usgs_mcs.labels import (
    RepeatedLabels,
    capitalized,
    country_and_form,
    country_columns,
    country_name,
    edition_of,
    label_of,
    year_of,
)
from ingest.sources.usgs_mcs.schemas import SLIPPED, Row

SALIENT_YEARS: Final = 5


def read_salient(name: str, header: list[str], lines: list[list[str]]) -> list[Row]:
    """Salient statistics of one commodity: a line per year, a column per statistic; last year estimated."""
    lines = sorted(lines, key=lambda line: line[2])
    years = [year_of(line[2]) or 0 for line in lines]
    edition = edition_of(lines[0][0]) if lines else ""
    latest = (year_of(edition) or 0) - 1
    if years != list(range(latest - SALIENT_YEARS + 1, latest + 1)):
        raise ParseError(f"{name}: not the {SALIENT_YEARS} years before its edition, but {years}")
    labels = RepeatedLabels()
    columns = [labels.number(column) for column in header[3:]]
    rows = []
    for line, year in zip(lines, years, strict=True):
        commodity = clean_text(line[1])
        meant = COLUMNS_MEANT.get((edition, commodity), {})
        for column, cell in zip(columns, line[3:], strict=True):
            statistic = meant.get(column, column)
            unit = unit_of(statistic)
            if printed := printed_columns(cell, unit, is_estimated=year == latest):
                key = {"edition": edition, "commodity": commodity, "statistic": statistic, "year": year}
                rows.append({**key, "kind": kind_of(statistic), "unit": unit, **printed})
    if any(not row["statistic"].partition("#")[0] or _is_above_100(row) for row in rows):
        for row in rows:
            row["statistic"] = f"{SLIPPED}{row['statistic']}"
    return rows


def _is_above_100(row: Row) -> bool:
    """Whether a row states a net import reliance above 100 %."""
    return row["kind"] == "nir" and row["value"] is not None and row["value"] > 100


def read_world(lines: list[list[str]], reported: int, estimated: int) -> list[Row]:
    """World data: a line per country and form, with two years of production and capacity, and reserves."""
    rows = []
    for source, commodity, published_country, label, unit, *cells in lines:
        made, made_now, made_notes, capacity, capacity_now, capacity_notes, reserves, reserve_notes = cells
        country, form = country_and_form(published_country)
        statistic = label_of(ESTIMATED.sub("", label))
        if form and form.casefold() not in statistic.casefold():
            statistic = f"{statistic}: {form}"
        key = {"edition": edition_of(source), "commodity": label_of(commodity), "statistic": statistic}
        for measure, year, cell, notes in (
            ("production", reported, made, made_notes),
            ("production", estimated, made_now, made_notes),
            ("capacity", reported, capacity, capacity_notes),
            ("capacity", estimated, capacity_now, capacity_notes),
            ("reserves", estimated, reserves, reserve_notes),
        ):
            is_estimated = measure != "reserves" and (year == estimated or notes_say_estimated(label, notes))
            unit_meant = world_unit_meant(key["edition"], key["commodity"], measure, clean_text(unit))
            if printed := printed_columns(
                cell.strip() or noted_value(notes, year), unit_meant, notes=notes, is_estimated=is_estimated
            ):
                excludes_usa = EXCLUDES_USA.search(notes) is not None
                row = {**key, **country_columns(country), "measure": measure, "year": year}
                rows.append({**row, "unit": unit_meant or NO_UNIT, "excludes_usa": excludes_usa, **printed})
    return rows


def read_figure_2(lines: list[list[str]], period_start: int, period_end: int) -> list[Row]:
    """Figure 2: the main import sources of a commodity, largest first, without shares."""
    rows = []
    for source, _, published, _, countries, _ in lines:
        commodity, _, form = clean_text(published).partition(", ")
        named = [country for country in countries.split(",") if country.strip() != "NA"]
        for rank, country in enumerate(named, start=1):
            rows.append(
                {
                    "edition": edition_of(source),
                    "commodity": commodity,
                    "form": capitalized(form) or "All",
                    "country": country_name(country),
                    "period_start": period_start,
                    "period_end": period_end,
                    "rank": rank,
                }
            )
    return rows
