"""The Summaries' output and reliance, and the dates of the policy calendar."""

import csv
import io
from datetime import date

import polars as pl

from tests.world.expected.comparison import Comparison, Held, compared
from tests.world.nights import ask
from tests.world.publishers import usgs_mcs
from tests.world.truth import SEEDS

USGS_NAMES = {
    "Gallium": ("gallium", ("kilograms", 1e-3)),
    "Cobalt": ("cobalt", ("metric tons", 1.0)),
    "Niobium (Columbium)": ("niobium", ("metric tons", 1.0)),
    "Bismuth": ("bismuth", ("metric tons", 1.0)),
    "Tungsten": ("tungsten", ("metric tons", 1.0)),
    "Antimony": ("antimony", ("metric tons", 1.0)),
}
"""Commodities of the Summaries with a single production table, with mineral and unit."""


def _summaries(edition: int) -> list[dict[str, str]]:
    text = usgs_mcs.release(edition).decode("cp1252")
    return list(csv.DictReader(io.StringIO(text)))


def world_production(held: Held) -> Comparison:
    """Production by country as printed in the newest edition."""
    edition = usgs_mcs.editions(held.world)[0]
    rows = []
    iso3 = {
        name: code
        for code, name in pl.read_csv(SEEDS / "countries.csv", infer_schema_length=0)
        .select("iso3", "name")
        .rows()
    }
    aliases = pl.read_csv(SEEDS / "country_aliases.csv", infer_schema_length=0).filter(
        pl.col("source_id") == "usgs_mcs"
    )
    iso3 |= dict(aliases.filter(pl.col("iso3").is_not_null()).select("alias", "iso3").rows())
    for record in _summaries(edition):
        if record["Commodity"] not in USGS_NAMES or not record["Section"].startswith("World"):
            continue
        mineral, (unit, factor) = USGS_NAMES[record["Commodity"]]
        value = record["Value"].replace(",", "")
        if record["Statistics"] != "Production" or record["Unit"] != unit or not value.isdigit():
            continue
        if record["Country"] not in iso3:
            continue
        rows.append((mineral, iso3[record["Country"]], int(record["Year"]), float(value) * factor))
    planted = pl.DataFrame(rows, schema=["mineral_id", "country_iso3", "year", "production_t"], orient="row")
    keys = ["mineral_id", "country_iso3", "year"]
    names = ", ".join(f"'{mineral}'" for mineral, _ in USGS_NAMES.values())
    found = ask(
        held.home,
        "select mineral_id, country_iso3, year, production_t from marts.world_production"
        f" where edition = '{edition}' and mineral_id in ({names}) and production_t > 0"
        " and country_iso3 not in ('WLD', 'ZZZ') and source_id = 'usgs_mcs'",
    )
    planted = planted.filter(pl.col("production_t") > 0)
    return compared("world_production", f"edition {edition}", planted, found, keys, {"production_t": 1e-6})


def import_dependency(held: Held) -> Comparison:
    """Net import reliance as printed in the newest edition; for ``>50`` the bound."""
    edition = usgs_mcs.editions(held.world)[0]
    printed: dict[tuple[str, int], list[str]] = {}
    for record in _summaries(edition):
        if record["Statistics"] == "Net import reliance" and record["Commodity"] in USGS_NAMES:
            mineral = USGS_NAMES[record["Commodity"]][0]
            printed.setdefault((mineral, int(record["Year"])), []).append(record["Value"].strip())
    rows = [
        (mineral, year, float(texts[0].lstrip(">")))
        for (mineral, year), texts in printed.items()
        if len(texts) == 1 and texts[0].lstrip(">").isdigit()
    ]
    names = ["mineral_id", "year", "printed_pct"]
    planted = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("year").cast(pl.Int32))
    minerals = ", ".join(f"'{mineral}'" for mineral, _ in USGS_NAMES.values())
    found = ask(
        held.home,
        "select mineral_id, year::integer as year,"
        " max(coalesce(published_nir_pct, published_nir_low_pct)) as printed_pct"
        f" from marts.import_dependency where area = 'USA' and edition = '{edition}'"
        f" and mineral_id in ({minerals}) and published_nir_qualifier in ('=', '>') group by all",
    )
    return compared(
        "import_dependency",
        f"printed reliance, {edition}",
        planted,
        found,
        names[:2],
        {"printed_pct": 0.01},
    )


def policy_calendar(held: Held) -> Comparison:
    """All documents of the Federal Register of the first quarter of this year, from every page."""
    from tests.world.publishers.others import documents  # noqa: PLC0415

    first = date(held.world.now.year, 1, 1)
    last = min(date(held.world.now.year, 3, 31), held.world.now.date())
    rows = [(one["document_number"],) for one in documents(first, last)]
    planted = pl.DataFrame(rows, schema=["document_number"], orient="row")
    found = ask(
        held.home,
        "select distinct split_part(source_url, '/', -1) as document_number from marts.policy_calendar"
        f" where source_id = 'federal_register' and announced between '{first}' and '{last}'",
    )
    return compared("policy_calendar", "documents of a quarter", planted, found, ["document_number"], {})
