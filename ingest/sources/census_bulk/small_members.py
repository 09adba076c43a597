"""The concordance of units, and the archive's control totals with our sums."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from ingest.contracts import accept
from ingest.scope import headings
from ingest.sources.census_bulk.details import Details
from ingest.sources.census_bulk.facts import CONCORD_COLUMNS, CONTROLS, SUMMED, ControlLayout, Span
from ingest.sources.census_bulk.fixed_width import Words, cut, fixed_ints, four_digits
from ingest.sources.census_bulk.schemas import IMPORTS

IN_CACHE: Final = 1 << 14  # this many at a time fit the processor's cache


def concordance(raw: bytes, flow: str, period: date) -> pl.DataFrame:
    """Units of quantity of the commodity codes in scope."""
    codes = _fixed_width(raw, CONCORD_COLUMNS)
    return codes.filter(_is_kept("code")).with_columns(
        pl.lit(period).alias("period"), pl.lit(flow).alias("flow")
    )


def controls(
    small: Mapping[str, bytes], details: Details, imports: pl.DataFrame, period: date
) -> pl.DataFrame:
    """The archive's totals and ours, by country and by kept commodity.

    Ours sum the rows that meet their contract: rows in quarantine are missing, as they are from the figures.
    """
    columns = ["period", "control", "code", "measure", "published", "summed"]
    accepted = accept(IMPORTS, imports)
    found = []
    for layout in CONTROLS:
        if layout.member not in small:
            continue
        totals = _published(small[layout.member], layout, period)
        if layout.control == "cty_code":
            ours = _less(_by_country(details.nonzero), _summed(accepted.refused, "cty_code", SUMMED))
        else:
            ours = _summed(accepted.rows, "hts10", layout.totals)
        both = totals.join(ours, on=["code", "measure"], how="full", coalesce=True)
        # A code without details sums to zero; one without a published total stays null and is refused.
        both = both.with_columns(
            pl.col("summed").fill_null(0),
            pl.lit(period).alias("period"),
            pl.lit(layout.control).alias("control"),
        )
        found.append(both.select(columns))
    schema = dict.fromkeys(columns, pl.String) | {
        "period": pl.Date,
        "published": pl.Int64,
        "summed": pl.Int64,
    }
    return pl.concat(found) if found else pl.DataFrame(schema=schema)


def _published(raw: bytes, layout: ControlLayout, period: date) -> pl.DataFrame:
    """Totals of a control member in long form: code, measure, published."""
    wide = _fixed_width(raw, {"code": layout.key, "month": layout.month, **layout.totals})
    of_a_code = (
        _is_kept("code") if layout.control == "hts10" else pl.col("code").str.contains(r"^[1-8]\d{3}$")
    )
    return (
        wide.filter(of_a_code, pl.col("month") == f"{period:%Y%m}")
        .unpivot(list(layout.totals), index="code", variable_name="measure", value_name="published")
        .with_columns(pl.col("published").cast(pl.Int64, strict=False))
    )


def _by_country(nonzero: Words) -> pl.DataFrame:
    """Our sums over all goods. They stay far below 2**53, up to which bincount's floats are exact."""
    sums = {measure: np.zeros(10_000, dtype=np.int64) for measure in SUMMED}
    for start in range(0, nonzero.shape[1], IN_CACHE):
        country, *halves = nonzero[:, start : start + IN_CACHE]
        code = four_digits(country & np.uint64(0xFFFF), country >> np.uint64(16))
        for measure, *both in zip(SUMMED, halves[::2], halves[1::2], strict=True):
            values, readable = fixed_ints(np.stack(both, axis=1).view(np.uint8)[:, 1:])
            sums[measure] += np.bincount(code, values * readable, minlength=10_000).astype(np.int64)
    long = pl.DataFrame({"code": np.arange(10_000), **sums}).unpivot(
        list(sums), index="code", variable_name="measure", value_name="summed"
    )
    return long.filter(pl.col("summed") != 0).with_columns(pl.col("code").cast(pl.String).str.zfill(4))


def _summed(rows: pl.DataFrame, code: str, measures: Iterable[str]) -> pl.DataFrame:
    """Sums of these rows in long form: code, measure, summed."""
    sums = rows.group_by(code).agg(pl.col(*measures).sum())
    return sums.unpivot(list(measures), index=code, variable_name="measure", value_name="summed").rename(
        {code: "code"}
    )


def _less(sums: pl.DataFrame, apart: pl.DataFrame) -> pl.DataFrame:
    """Sums less those of the quarantined rows, whose codes all occur among them."""
    return (
        sums.join(apart, on=["code", "measure"], how="left", suffix="_apart")
        .with_columns(pl.col("summed") - pl.col("summed_apart").fill_null(0))
        .drop("summed_apart")
    )


def _fixed_width(raw: bytes, columns: Mapping[str, Span]) -> pl.DataFrame:
    """A small member as text columns, by position (Latin-1, one byte a character)."""
    lines = pl.Series("line", raw.decode("latin-1").splitlines(), dtype=pl.String).to_frame()
    return lines.filter(pl.col("line").str.strip_chars() != "").select(cut("line", columns))


def _is_kept(code: str) -> pl.Expr:
    return pl.col(code).str.slice(0, 4).is_in(headings())
