"""A year of BACI: from CEPII's archived CSV of world trade by HS6 to loaded mineral rows."""

import zipfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import landing
from benchmarks.harness import Bound, Contender, Facts, Goal, Place, Task, Work
from benchmarks.peers import landed_by_dlt, quiet_dlt
from benchmarks.scope import hs6
from benchmarks.text import zipf_shares

NAME, VERSION, LAST = "BACI_HS92_V202601.zip", "V202601", 2024
COUNTRIES, CODES = 220, 5_000
TYPES = {"t": "smallint", "i": "varchar", "j": "varchar", "k": "varchar", "v": "double", "q": "varchar"}


def member(year: int) -> str:
    return f"BACI_HS92_Y{year}_{VERSION}.csv"


def table(year: int, count: int) -> pl.DataFrame:
    """``count`` flows of a year, sorted by exporter, importer and code; 5 % have no quantity."""
    random = np.random.default_rng(year)
    minerals = np.array([int(code) for code in hs6()])
    others = random.choice(
        np.setdiff1d(np.arange(10_121, 970_600), minerals), CODES - minerals.size, replace=False
    )
    codes = random.permutation(np.concatenate([minerals, others]))
    areas = np.sort(random.choice(np.arange(4, 900, 4), COUNTRIES, replace=False))
    drawn = count + count // 2 + 100
    some = [random.choice(COUNTRIES, drawn, p=zipf_shares(COUNTRIES, 0.6)) for _ in "ij"]
    code = codes[random.choice(CODES, drawn, p=zipf_shares(CODES, 0.3))]
    key = np.unique((areas[some[0]] * 1000 + areas[some[1]]) * 1_000_000 + code)
    if key.size < count:
        raise ValueError(f"only {key.size:,} flows are distinct")
    key = np.sort(random.choice(key, count, replace=False))
    quantity = pl.Series(np.exp(random.normal(1, 3, count))).round(3).cast(pl.String)
    return pl.DataFrame(
        {
            "t": np.full(count, year),
            "i": key // 1_000_000_000,
            "j": key // 1_000_000 % 1000,
            "k": key % 1_000_000,
            "v": np.exp(random.normal(3, 3, count)).round(3),
            "q": quantity.set(pl.Series(random.random(count) < 0.05), "NA"),
        }
    )


def make_years(folder: Path, count: int, years: int) -> Facts:
    """Write a version with some years, as an archive and, for the peers, unpacked."""
    kept = size = 0
    with zipfile.ZipFile(folder / NAME, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for year in range(LAST - years + 1, LAST + 1):
            rows = table(year, count)
            kept += rows["k"].cast(pl.String).str.zfill(6).is_in(hs6()).sum()
            rows.write_csv(folder / member(year))
            size += (folder / member(year)).stat().st_size
            archive.write(folder / member(year), member(year))
    return {
        "rows": kept,
        "lines": count * years,
        "bytes": (folder / NAME).stat().st_size,
        "inflated_bytes": size,
    }


def make(folder: Path, count: int) -> Facts:
    return make_years(folder, count, 1)


def files(place: Place) -> str:
    return str(place.data / "BACI_HS92_Y*.csv")


def ours(place: Place) -> Task:
    from ingest.sources import cepii_baci  # noqa: PLC0415

    task = landing.taking(cepii_baci, place.data / NAME, f"HS92/{VERSION}", place)
    return lambda: {"rows": task()["cepii_baci__trade_rows"]}


def scan(place: Place) -> Task:
    """DuckDB reads every cell of the unpacked file and stores none."""
    import duckdb  # noqa: PLC0415

    con = duckdb.connect()
    cells = ", ".join(f"count({name})" for name in TYPES)
    sql = f"select {cells} from read_csv($1, columns = $2, header = true)"
    return lambda: {"lines": con.execute(sql, [files(place), TYPES]).fetchone()[0]}


def duckdb_csv(place: Place) -> Task:
    import duckdb  # noqa: PLC0415

    con = duckdb.connect(str(place.scratch / "landed.duckdb"), config={"memory_limit": "2GB"})

    def task() -> Facts:
        con.execute(
            """
            create table trade as
            select t, i, j, lpad(k, 6, '0') as k, v, try_cast(q as double) as q
            from read_csv($1, columns = $2, header = true)
            where lpad(k, 6, '0') in (select unnest($3))
            """,
            [files(place), TYPES, list(hs6())],
        )
        return {"rows": con.execute("select count(*) from trade").fetchone()[0]}

    return task


def pandas(place: Place) -> Task:
    import duckdb  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    wanted = set(hs6())

    def task() -> Facts:
        found = []
        for path in sorted(place.data.glob("BACI_HS92_Y*.csv")):
            for chunk in pd.read_csv(path, dtype={"i": str, "j": str, "k": str}, chunksize=1_000_000):
                code = chunk["k"].str.zfill(6)
                found.append(chunk.assign(k=code)[code.isin(wanted)])
        rows = pd.concat(found)  # noqa: F841 (DuckDB reads it by name)
        with duckdb.connect(str(place.scratch / "landed.duckdb")) as con:
            con.execute("create table trade as select * from rows")
            return {"rows": con.execute("select count(*) from trade").fetchone()[0]}

    return task


def dlt(place: Place) -> Task:
    """dlt's filesystem source with its fastest CSV reader (DuckDB into Arrow), filtered, into DuckDB."""
    quiet_dlt(place)
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415
    from dlt.sources.filesystem import readers  # noqa: PLC0415

    wanted = pa.array(hs6())

    def chosen(batch: pa.Table) -> pa.Table:
        code = pc.utf8_lpad(batch["k"], 6, "0")
        table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
        return table.filter(pc.is_in(code, wanted))

    def task() -> Facts:
        reader = readers(bucket_url=place.data.as_uri(), file_glob="BACI_HS92_Y*.csv").read_csv_duckdb(
            use_pyarrow=True, columns=TYPES, header=True
        )
        return landed_by_dlt(place, reader.add_map(chosen).with_name("trade"))

    return task


CONTENDERS = (
    Contender("ours", "ours: inflate, choose, read, check, land", "ours", ours),
    Contender("scan", "limit: DuckDB's scan of the unpacked CSV, nothing kept", "limit", scan),
    Contender("duckdb", "DuckDB read_csv of the unpacked CSV, landed", "peer", duckdb_csv),
    Contender("pandas", "pandas.read_csv of the unpacked CSV in chunks", "peer", pandas, "pandas", runs=1),
    Contender("dlt", "dlt: filesystem to DuckDB, unpacked CSV", "peer", dlt, "dlt", runs=1),
)
GOALS = (Goal("of the limit", "ours", "scan", at_most=1.2), Goal("dlt over ours", "dlt", "ours", at_least=10))

WORK = Work(
    id="cepii_baci",
    title="BACI year: {scale:,} flows, filtered and landed",
    make=make,
    scales={"small": 100_000, "default": 11_000_000, "full": 11_000_000},
    unit="lines",
    contenders=CONTENDERS,
    goals=GOALS,
    bounds=(Bound("peak memory, MB", "ours", "peak_mb", 1200),),
    same=("rows",),
    notes=(
        "The peers are given the file unpacked, and their unpacking is not counted; ours inflates it. What "
        "that costs beyond the scan is half a million rows read, checked, written as Parquet and landed."
    ),
)
