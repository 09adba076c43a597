"""The four raw tables and the source."""

from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import Source, Table, about
from ingest.sources.census_bulk.facts import DAYS_BEHIND


def _count(description: str, unit: str) -> dy.Int64:
    return dy.Int64(metadata=about(description, unit))


class Imports(dy.Schema):
    """US imports of a month at the finest published grain."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    hts10 = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Statistical line of the HTS"))
    cty_code = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Schedule C code of the origin"))
    cty_subco = dy.String(primary_key=True, metadata=about("Preference programme claimed; S is USMCA"))
    dist_entry = dy.String(primary_key=True, metadata=about("Customs district of entry"))
    dist_unlad = dy.String(primary_key=True, metadata=about("Customs district of unlading"))
    rate_prov = dy.String(primary_key=True, metadata=about("Rate provision; 18 is the USMCA preference"))
    cards = _count("Entry records behind the line", "records")
    consumption_quantity1 = _count("Entered for consumption, first quantity", "unit_qy1 of the concordance")
    consumption_quantity2 = _count("Entered for consumption, second quantity", "unit_qy2 of the concordance")
    consumption_value_usd = _count("Entered for consumption, customs value", "USD")
    dutiable_value_usd = _count("Dutiable part of imports for consumption", "USD")
    calculated_duty_usd = _count("Duty calculated on imports for consumption", "USD")
    consumption_charges_usd = _count("Freight, insurance and charges on imports for consumption", "USD")
    consumption_cif_usd = _count("Entered for consumption, CIF value", "USD")
    general_quantity1 = _count("Arrivals, first quantity", "unit_qy1 of the concordance")
    general_quantity2 = _count("Arrivals, second quantity", "unit_qy2 of the concordance")
    general_value_usd = _count("Arrivals, customs value", "USD")
    general_charges_usd = _count("Freight, insurance and charges on arrivals", "USD")
    general_cif_usd = _count("Arrivals, CIF value", "USD")
    air_value_usd = _count("Arrivals by air, customs value", "USD")
    air_weight_kg = _count("Arrivals by air, gross weight", "kg")
    air_charges_usd = _count("Arrivals by air, charges", "USD")
    vessel_value_usd = _count("Arrivals by vessel, customs value", "USD")
    vessel_weight_kg = _count("Arrivals by vessel, gross weight", "kg")
    vessel_charges_usd = _count("Arrivals by vessel, charges", "USD")
    container_value_usd = _count("Arrivals in vessel containers, customs value", "USD")
    container_weight_kg = _count("Arrivals in vessel containers, gross weight", "kg")
    container_charges_usd = _count("Arrivals in vessel containers, charges", "USD")


class Exports(dy.Schema):
    """US exports of a month at the finest published grain."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    df = dy.String(primary_key=True, regex=r"^[12]$", metadata=about("1 domestic goods, 2 foreign goods"))
    schedule_b = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("Schedule B number"))
    cty_code = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Schedule C code of destination"))
    district = dy.String(primary_key=True, metadata=about("Customs district of export"))
    cards = _count("Export records behind the line", "records")
    quantity1 = _count("First quantity", "unit_qy1 of the concordance")
    quantity2 = _count("Second quantity", "unit_qy2 of the concordance")
    value_usd = _count("Value, free alongside ship", "USD")
    air_value_usd = _count("Exports by air, value", "USD")
    air_weight_kg = _count("Exports by air, gross weight", "kg")
    vessel_value_usd = _count("Exports by vessel, value", "USD")
    vessel_weight_kg = _count("Exports by vessel, gross weight", "kg")
    container_value_usd = _count("Exports in vessel containers, value", "USD")
    container_weight_kg = _count("Exports in vessel containers, gross weight", "kg")


class Control(dy.Schema):
    """A total that the archive states, and our sum. Totals that differ go to quarantine."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    control = dy.String(primary_key=True, metadata=about("Kind of total: by cty_code or by hts10"))
    code = dy.String(primary_key=True, metadata=about("Schedule C country or HTS10 line"))
    measure = dy.String(primary_key=True, metadata=about("Column of the details that is summed"))
    published = _count("The archive's own total", "unit of the measure")
    summed = _count("Sum over the detail records", "unit of the measure")

    @dy.rule()
    def reconciled(cls) -> pl.Expr:  # noqa: N805
        """The details add up to the published total, to the unit."""
        return pl.col("published") == pl.col("summed")


class Concord(dy.Schema):
    """Units of quantity for a commodity code."""

    period = dy.Date(primary_key=True, metadata=about("First day of the statistical month"))
    flow = dy.String(primary_key=True, regex="^(imports|exports)$", metadata=about("HTS10 or Schedule B"))
    code = dy.String(primary_key=True, regex=r"^\d{10}$", metadata=about("HTS10 or Schedule B number"))
    unit_qy1 = dy.String(metadata=about("Unit of the first quantity, such as KG, GM, T, NO, CKG"))
    unit_qy2 = dy.String(metadata=about("Unit of the second quantity"))


IMPORTS: Final = Table(
    "census_bulk__imports", Imports, "month, HTS10, origin, programme, districts, provision"
)
EXPORTS: Final = Table(
    "census_bulk__exports", Exports, "month, domestic or foreign, Schedule B, country, district"
)
CONTROL: Final = Table("census_bulk__control", Control, "month, kind of total, code, measure")
CONCORDANCE: Final = Table("census_bulk__concord", Concord, "month, flow, code")
SOURCE: Final = Source(
    id="census_bulk",
    title="US merchandise trade by month, HTS10 and Schedule B, country, district and rate provision",
    publisher="U.S. Census Bureau",
    homepage="https://www.census.gov/foreign-trade/data/index.html",
    licence="US federal government work, public domain",
    citation="U.S. Census Bureau, U.S. Imports and Exports of Merchandise (monthly)",
    subject="US trade",
    cadence="monthly",
    lag_days=DAYS_BEHIND,
    drop_in="IMDB2603.ZIP and EXDB2603.ZIP as published",
    tables=(IMPORTS, EXPORTS, CONTROL, CONCORDANCE),
    base_url="https://www.census.gov/trade/downloads",
    heavy=True,
    leading="imports-",
    note=(
        "Each release revises earlier months, and every June earlier years. "
        "Low-value shipments are estimates; confidential lines are reported under other codes."
    ),
)
