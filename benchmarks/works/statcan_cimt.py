"""A year of Canadian imports: from Statistics Canada's archived CSV to loaded mineral rows."""

import zipfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import loading
from benchmarks.harness import Bound, Contender, Facts, Goal, Place, Task, Work
from benchmarks.scope import headings
from benchmarks.text import zipf_shares

NAME, MEMBER, YEAR = "CIMT-CICM_Imp_2026.zip", "ODPFN014_202612N.csv", 2026
HEADER = (
    "YearMonth/AnnéeMois,HS10,Country/Pays,Province,State/État,Value/Valeur,Quantity/Quantité,"
    "Unit of Measure/Unité de Mesure"
)
COLUMNS = ["month", "hs_code", "country", "province", "state", "value", "quantity", "unit"]
PROVINCES = ["ON", "QC", "BC", "AB", "MB", "SK", "NB", "NS", "NL", "PE", "YT", "NT", "NU"]
UNITS = ["KGM", "NMB", "TNE", "LTR", "MTK", None]
LINES, MINERAL_SHARE = 8_000, 0.05
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COUNTRIES = ["US", "CN", "MX", "DE", "JP", *(f"{a}{b}" for a in "ABEFGI" for b in LETTERS)]
STATES = ["NY", "MI", "CA", "TX", "OH", "IL", "PA", "NJ", *(f"{a}{b}" for a in "IMNW" for b in "ADEHNTV")]


def table(count: int, seed: int = 11) -> pl.DataFrame:
    """``count`` rows of a year, sorted by month, code, country, province and state as by the publisher."""
    random = np.random.default_rng(seed)
    minerals = np.array([int(heading) for heading in headings()])
    others = np.setdiff1d(np.arange(101, 9800), minerals)
    heads = np.concatenate([np.repeat(minerals, 4), random.choice(others, LINES - 4 * minerals.size)])
    codes = heads * 1_000_000 + random.integers(0, 1_000_000, heads.size)
    shares = random.permutation(zipf_shares(codes.size, 0.6))
    for group, share in (
        (slice(None, 4 * minerals.size), MINERAL_SHARE),
        (slice(4 * minerals.size, None), 0.95),
    ):
        shares[group] *= share / shares[group].sum()
    drawn = 2 * count + 100
    country = random.choice(len(COUNTRIES), drawn, p=zipf_shares(len(COUNTRIES), 0.8))
    rows = pl.DataFrame(
        {
            "month": YEAR * 100 + random.integers(1, 13, drawn),
            "hs_code": codes[random.choice(codes.size, drawn, p=shares)],
            "country": country,
            "province": random.choice(len(PROVINCES), drawn, p=zipf_shares(len(PROVINCES))),
            "state": np.where(country == 0, random.integers(1, len(STATES) + 1, drawn), 0),
        }
    ).unique(maintain_order=True)
    if rows.height < count:
        raise ValueError(f"only {rows.height:,} rows are distinct")
    rows = rows.head(count).sort(pl.all())
    value = np.exp(random.normal(8.5, 2, count)).astype(np.int64) + 1
    quantity = (value / np.exp(random.normal(1.5, 1, count))).astype(np.int64)

    def named(column: str, names: list[str | None]) -> pl.Expr:
        return pl.Series(names).gather(rows[column]).alias(column)  # type: ignore[return-value]

    return rows.with_columns(
        pl.col("hs_code").cast(pl.String).str.zfill(10),
        named("country", COUNTRIES),
        named("province", PROVINCES),
        named("state", [None, *STATES]),
        value=pl.Series(value),
        quantity=pl.Series(quantity),
        unit=pl.Series(UNITS).gather(random.integers(0, len(UNITS), count)),
    )


def make(folder: Path, count: int) -> Facts:
    """Write the year's archive."""
    rows = table(count)
    kept = rows["hs_code"].str.slice(0, 4).is_in(headings()).sum()
    text = (HEADER + "\r\n").encode("latin-1") + rows.write_csv(
        include_header=False, line_terminator="\r\n"
    ).encode()
    with zipfile.ZipFile(folder / NAME, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, text)
    return {
        "rows": kept,
        "lines": count,
        "bytes": (folder / NAME).stat().st_size,
        "inflated_bytes": len(text),
    }


def ours(place: Place) -> Task:
    from ingest.sources import statcan_cimt  # noqa: PLC0415

    task = loading.taking(statcan_cimt, place.data / NAME, f"import-{YEAR}", place)
    return lambda: {"rows": task()["statcan_cimt__trade_rows"]}


def isal(place: Place) -> Task:
    from ingest.formats.zips import inflated  # noqa: PLC0415

    with zipfile.ZipFile(place.data / NAME) as archive:
        info = archive.getinfo(MEMBER)
    return lambda: {"inflated": sum(map(len, inflated(place.data / NAME, info)))}


def pandas(place: Place) -> Task:
    import duckdb  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    wanted = set(headings())
    texts = dict.fromkeys(["hs_code", "country", "province", "state", "unit"], str)

    def task() -> Facts:
        with zipfile.ZipFile(place.data / NAME) as archive, archive.open(MEMBER) as member:
            chunks = pd.read_csv(
                member, names=COLUMNS, skiprows=1, dtype=texts, encoding="latin-1", chunksize=1_000_000
            )
            found = [chunk[chunk["hs_code"].str[:4].isin(wanted)] for chunk in chunks]
        rows = pd.concat(found)  # noqa: F841 (DuckDB reads it by name)
        with duckdb.connect(str(place.scratch / "landed.duckdb")) as con:
            con.execute("create table trade as select * from rows")
            return {"rows": con.execute("select count(*) from trade").fetchone()[0]}

    return task


def duckdb_csv(place: Place) -> Task:
    import duckdb  # noqa: PLC0415

    def task() -> Facts:
        with zipfile.ZipFile(place.data / NAME) as archive:
            text = archive.extract(MEMBER, place.scratch)
        kinds = ["varchar"] * 5 + ["bigint", "double", "varchar"]
        with duckdb.connect(str(place.scratch / "landed.duckdb"), config={"memory_limit": "2GB"}) as con:
            con.execute(
                """
                create table trade as
                from read_csv($1, columns = $3, skip = 1, header = false, encoding = 'latin-1')
                where hs_code[:4] in (select unnest($2))
                """,
                [text, list(headings()), dict(zip(COLUMNS, kinds, strict=True))],
            )
            return {"rows": con.execute("select count(*) from trade").fetchone()[0]}

    return task


WORK = Work(
    id="statcan_cimt",
    title="CIMT year: archive of {scale:,} lines, to landed mineral rows",
    make=make,
    scales={"small": 100_000, "default": 6_000_000, "full": 6_000_000},
    unit="lines",
    contenders=(
        Contender("ours", "ours: choose, read, check, land", "ours", ours),
        Contender("isal", "limit: inflate with ISA-L, nothing else", "limit", isal),
        Contender("duckdb", "unpack, DuckDB read_csv", "peer", duckdb_csv),
        Contender("pandas", "pandas.read_csv in chunks", "peer", pandas, "pandas", runs=1),
    ),
    goals=(
        Goal("of the limit", "ours", "isal", at_most=2),
        Goal("of DuckDB", "ours", "duckdb", at_most=1),
        Goal("of pandas", "ours", "pandas", at_most=1),
    ),
    bounds=(Bound("peak memory, MB", "ours", "peak_mb", 600),),
    same=("rows",),
    notes=(
        "Finding the commas and reading the codes costs twice what inflating does, and the rows kept are "
        "then read, checked, written as Parquet and landed: the limit does none of that."
    ),
)
