"""Products of the chapter 99 programmes, from lists stored as CSV."""

from dataclasses import dataclass

import polars as pl

from ingest.sources.usitc_hts.releases import day_in


@dataclass(frozen=True, slots=True)
class ProductList:
    """How a CSV of products maps to `Chapter99Product`: the programme, and the column for each field."""

    programme: str | pl.Expr
    columns: frozenset[str]
    prefix: str
    list_: pl.Expr
    code: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


LISTS = (
    ProductList("301", frozenset({"hts8", "list", "ch99_code"}), "hts8", pl.col("list"), code="ch99_code"),
    ProductList(
        "232",
        frozenset({"hts_prefix", "annex", "metal_type", "source", "effective_date"}),
        "hts_prefix",
        pl.concat_str("metal_type", pl.lit("_annex_"), "annex"),
        valid_from="effective_date",
    ),
    ProductList("232", frozenset({"hts10", "ch99_code"}), "hts10", pl.lit("copper"), code="ch99_code"),
    ProductList(
        "ieepa_exempt",
        frozenset({"hts10", "effective_date_start", "effective_date_end"}),
        "hts10",
        pl.lit("reciprocal_exempt"),
        valid_from="effective_date_start",
        valid_to="effective_date_end",
    ),
    ProductList("122_exempt", frozenset({"hts8"}), "hts8", pl.lit("surcharge_exempt")),
    # goods exempt from one heading's duty on one country: the programme is named after the heading
    ProductList(
        pl.concat_str(pl.col("ch99_code").str.replace_all(".", "", literal=True), pl.lit("_exempt")),
        frozenset({"ch99_code", "hts10", "effective_date_start", "effective_date_end", "source", "note"}),
        "hts10",
        pl.lit("country_exempt"),
        code="ch99_code",
        valid_from="effective_date_start",
        valid_to="effective_date_end",
    ),
    ProductList(
        "ieepa", frozenset({"hts8", "ch99_code", "category"}), "hts8", pl.col("category"), code="ch99_code"
    ),
)


def products_of(frame: pl.DataFrame, kind: ProductList) -> pl.DataFrame:
    """Rows of `Chapter99Product` from a list of this kind."""
    nothing = pl.lit(None)
    return frame.select(
        programme=pl.lit(kind.programme) if isinstance(kind.programme, str) else kind.programme,
        list=kind.list_,
        hts_prefix=pl.col(kind.prefix).str.replace_all(".", "", literal=True),
        chapter99_code=pl.col(kind.code).str.replace_all(".", "", literal=True)
        if kind.code
        else nothing.cast(pl.String),
        valid_from=day_in(kind.valid_from) if kind.valid_from else nothing.cast(pl.Date),
        valid_to=day_in(kind.valid_to) if kind.valid_to else nothing.cast(pl.Date),
    )
