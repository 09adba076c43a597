"""Monthly customs data of partners of the three: the United Kingdom (HMRC) and Brazil (Comex Stat).

Their trade with all partners in the eight-digit codes of critical minerals. The files are an extract in one
format for both: values in US dollars (HMRC's pounds were converted in the extract) and weights in kilograms,
where 0 next to a value means not stated. Rows with the same key are added.
Sources: HM Revenue and Customs, https://www.uktradeinfo.com; MDIC, https://comexstat.mdic.gov.br.
"""

from datetime import date
from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.formats.csv import ensure_last_line_ends, read_csv_table

NOMENCLATURES: Final = {"GBR": "CN", "BRA": "NCM"}


class Trade(dy.Schema):
    """A country's imports from, or exports to, a partner in a code and month."""

    reporter_iso3 = dy.String(
        primary_key=True, regex=r"^[A-Z]{3}$", metadata=about("Who states it, ISO 3166")
    )
    partner_code = dy.String(
        primary_key=True,
        min_length=1,
        metadata=about("Partner, ISO 3166 alpha-3; n/a where it is confidential"),
    )
    flow = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(["import", "export"]),
        metadata=about("import or export"),
    )
    hs_code = dy.String(primary_key=True, regex=r"^\d{8}$", metadata=about("Code of eight digits"))
    nomenclature = dy.String(
        check=lambda column: column.is_in(list(NOMENCLATURES.values())),
        metadata=about("CN (United Kingdom) or NCM (Brazil)"),
    )
    period = dy.Date(
        primary_key=True,
        min=date(1990, 1, 1),
        check=lambda column: column.dt.day() == 1,
        metadata=about("First day of the month"),
    )
    value_usd = dy.Float64(min=0, metadata=about("Value: FOB, but CIF for UK imports", "USD"))
    net_weight_kg = dy.Float64(
        nullable=True, min=0, metadata=about("Net weight; missing where not stated", "kg")
    )


TRADE: Final = Table("partner_customs__trade", Trade, "reporter_iso3, partner_code, flow, hs_code, period")

SOURCE: Final = Source(
    id="partner_customs",
    title="Customs of the United Kingdom and Brazil",
    publisher="HM Revenue and Customs; Ministério do Desenvolvimento, Indústria, Comércio e Serviços",
    homepage="https://www.uktradeinfo.com",
    licence="Open Government Licence v3.0 (HMRC); Brazilian open data (Comex Stat), with attribution",
    citation="HM Revenue and Customs, Overseas Trade Statistics; MDIC, Comex Stat",
    cadence="monthly",
    lag_days=60,
    drop_in=("a CSV with the columns of the extract, its name beginning with uk_hmrc or brazil_comexstat"),
    tables=(TRADE,),
    note="Codes of critical minerals only. Files are dropped in by hand.",
)

HEADER: Final = [
    *("source", "period", "reporter", "partner", "partner_name", "flow", "native_code", "code_level"),
    *("hs6", "material", "value_usd", "qty_kg"),
]
FEWEST_CODES: Final = 5


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per reporter, partner, flow, code and month; the file covers its reporter's trade in full.

    Raises:
        ParseError: The file has another format, is cut off, or has too few codes or invalid ones.
    """
    ensure_last_line_ends(path, facts.name)
    text = read_csv_table(path, facts.name)
    if text.columns != HEADER:
        raise ParseError(f"{facts.name}: columns are {text.columns} where {HEADER} were expected.")
    if text.is_empty() or None in text.tail(1).row(0):
        raise ParseError(f"{facts.name}: has no rows, or the last is cut off.")
    if not text["native_code"].str.contains(r"^\d{8}$").all():
        raise ParseError(f"{facts.name}: a code does not have eight digits.")
    if (codes := text["hs6"].n_unique()) < FEWEST_CODES:
        raise ParseError(f"{facts.name}: cut short, only {codes} codes.")
    key = ["reporter_iso3", "partner_code", "flow", "hs_code", "nomenclature", "period"]
    rows = text.select(
        pl.col("reporter").alias("reporter_iso3"),
        pl.col("partner").alias("partner_code"),
        "flow",
        pl.col("native_code").alias("hs_code"),
        pl.col("reporter").replace_strict(NOMENCLATURES, default=None).alias("nomenclature"),
        pl.col("period").str.to_date("%Y%m", strict=False),
        pl.col("value_usd").cast(pl.Float64, strict=False),
        pl.col("qty_kg").cast(pl.Float64, strict=False),
    )
    # if one part has no weight, neither has the sum
    weight = pl.when(((pl.col("qty_kg") > 0) | (pl.col("value_usd") == 0)).all()).then(pl.col("qty_kg").sum())
    return {
        TRADE.name: rows.group_by(key, maintain_order=True)
        .agg(pl.col("value_usd").sum(), weight.alias("net_weight_kg"))
        .with_columns(pl.when(pl.col("net_weight_kg") > 0).then("net_weight_kg").alias("net_weight_kg"))
        .select(TRADE.columns)
    }


def partition_of(name: str) -> str | None:
    """The reporter, if the name states it."""
    for part, reporter in (("uk_hmrc", "GBR"), ("brazil_comexstat", "BRA")):
        if name.startswith(part):
            return reporter
    return None
