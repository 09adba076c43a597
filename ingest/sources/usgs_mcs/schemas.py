"""The raw tables of the Mineral Commodity Summaries, and the source."""

from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import Source, Table, about
from ingest.formats.printed_values import QUALIFIERS
from ingest.sources.usgs_mcs import policy_schemas
from ingest.sources.usgs_mcs.columns import KINDS, TONS

Row = dict[str, Any]
"""A row of one of these tables, by column."""
Rows = dict[str, list[Row]]
"""Rows by the name of their table."""
MEASURES: Final = ("production", "capacity", "reserves")
SLIPPED: Final = "slipped: "
"""Prefix that marks a statistic from a file with unreliable headings, so that the row is refused."""
_UNIT_OF_ROW: Final = "unit of the row"


class PrintedCell(dy.Schema):
    """A printed value, with its qualifier and bounds."""

    value_text = dy.String(metadata=about("The cell as printed"))
    value = dy.Float64(nullable=True, metadata=about("The figure, if one is printed", _UNIT_OF_ROW))
    qualifier = dy.String(
        check=lambda column: column.is_in(list(QUALIFIERS)),
        metadata=about(
            "= figure, > < s bounds, range (possibly with a figure), E net exporter, W withheld, NA, XX, text"
        ),
    )
    value_low = dy.Float64(nullable=True, metadata=about("Lower bound by the publisher", _UNIT_OF_ROW))
    value_high = dy.Float64(nullable=True, metadata=about("Upper bound by the publisher", _UNIT_OF_ROW))
    is_estimated = dy.Bool(metadata=about("Marked as an estimate by the publisher"))


class Salient(PrintedCell):
    """US statistics of a commodity."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    kind = dy.String(
        check=lambda column: column.is_in(list(KINDS)),
        metadata=about("production, import, export, consumption, supply, price, stock, nir and so on"),
    )
    statistic = dy.String(
        primary_key=True,
        min_length=1,
        metadata=about("Column name (2025) or label (2026); '#2' marks a label that the file repeats"),
    )
    unit = dy.String(primary_key=True, min_length=1, metadata=about("Unit in the words of the publisher"))
    year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))

    # The names of these rules are the reasons given for refused rows.
    @dy.rule()
    def headings_have_slipped(cls) -> pl.Expr:  # noqa: N805
        """Refuse figures with unreliable headings."""
        return ~pl.col("statistic").str.starts_with(SLIPPED)

    @dy.rule()
    def reliance_above_100(cls) -> pl.Expr:  # noqa: N805
        """Net import reliance is at most 100 %."""
        return ~((pl.col("kind") == "nir") & (pl.col("value") > 100)).fill_null(value=False)

    @dy.rule()
    def price_in_tons(cls) -> pl.Expr:  # noqa: N805
        """A price is not stated in tons."""
        return ~((pl.col("kind") == "price") & pl.col("unit").is_in(list(TONS))).fill_null(value=False)


class World(PrintedCell):
    """Production, capacity or reserves of a country."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    is_total = dy.Bool(metadata=about("World total, rounded by the publisher"))
    is_other = dy.Bool(metadata=about("Total of all countries not listed"))
    excludes_usa = dy.Bool(metadata=about("A total without the withheld US production"))
    measure = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(list(MEASURES)),
        metadata=about("production, capacity or reserves"),
    )
    statistic = dy.String(primary_key=True, min_length=1, metadata=about("Form and stage as labelled"))
    unit = dy.String(primary_key=True, min_length=1, metadata=about("Unit in the words of the publisher"))
    year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))

    @dy.rule()
    def output_below_zero(cls) -> pl.Expr:  # noqa: N805
        """Output, capacity and reserves are not negative."""
        return (pl.col("value") >= 0).fill_null(value=True)


class ImportSources(dy.Schema):
    """A country from which the United States imports a commodity, with its share."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    form = dy.String(primary_key=True, min_length=1, metadata=about("Form, 'All' where undivided"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    period_start = dy.Int16(metadata=about("First year of the period", "year"))
    period_end = dy.Int16(metadata=about("Last year of the period", "year"))
    rank = dy.Int16(min=1, metadata=about("Rank in the printed order; 1 is the largest"))
    share_pct = dy.Float64(
        nullable=True, min=0, max=100, metadata=about("Share of imports, if printed", "percent")
    )
    value_text = dy.String(nullable=True, metadata=about("The share as printed"))


class ImportRanks(dy.Schema):
    """A country that figure 2 lists as a main import source of a commodity."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    commodity = dy.String(primary_key=True, min_length=1, metadata=about("Commodity as printed"))
    form = dy.String(primary_key=True, min_length=1, metadata=about("Form, 'All' where undivided"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    period_start = dy.Int16(metadata=about("First year of the period", "year"))
    period_end = dy.Int16(metadata=about("Last year of the period", "year"))
    rank = dy.Int16(min=1, metadata=about("Rank in the printed order; 1 is the largest"))


SALIENT = Table("usgs_mcs__salient", Salient, "edition, commodity, statistic, unit, year")
WORLD = Table("usgs_mcs__world", World, "edition, commodity, country, measure, statistic, unit, year")
IMPORT_SOURCES = Table("usgs_mcs__import_sources", ImportSources, "edition, commodity, form, country")
IMPORT_RANKS = Table("usgs_mcs__import_ranks", ImportRanks, "edition, commodity, form, country")

SOURCE: Final = Source(
    id="usgs_mcs",
    title="Mineral Commodity Summaries",
    publisher="U.S. Geological Survey, National Minerals Information Center",
    homepage="https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries",
    licence="US federal government work, public domain (CC0)",
    citation="U.S. Geological Survey, Mineral Commodity Summaries data releases (2026: doi:10.5066/P1WKQ63T)",
    subject="output and reliance",
    cadence="annual",
    lag_days=37,
    drop_in=(
        "files of a data release as published (MCS2026_..., World_Data.zip), or in a folder named by edition"
    ),
    tables=(SALIENT, WORLD, IMPORT_SOURCES, IMPORT_RANKS, *policy_schemas.TABLES),
    base_url="https://www.sciencebase.gov",
    note="An edition appears in January or February and covers the five years before; the last is estimated.",
)
