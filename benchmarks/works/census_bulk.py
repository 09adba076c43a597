"""A month of US imports: from the Census Bureau's archive of fixed-width records to loaded mineral rows.

The generated archive has the documented layout, records sorted by line and country, records of the year to
date (less than a quarter with trade in the month), and matching control totals.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import landing
from benchmarks.harness import Bound, Contender, Facts, Goal, Place, Task, Work
from benchmarks.scope import headings
from benchmarks.text import Bytes2D, Ints, digits, zipf_shares

NAME, PERIOD, WIDTH = "IMDB2612.ZIP", "202612", 688
LINES, MINERAL_SHARE, ACTIVE_SHARE, BLOCK = 19_000, 0.04, 0.23, 60_000
COUNTRIES = 1000 + 31 * np.arange(230)
PROVISIONS = np.array([10, 18, 61, 64, 69])
# Positions of the layout, 0-based: the measures of the details, and those of the control members.
MEASURES = [
    *("cards", "qy1", "qy2", "con_val", "dut_val", "cal_dut", "con_cha", "con_cif"),
    *("gen_qy1", "gen_qy2", "gen_val", "gen_cha", "gen_cif"),
    *("air_val", "air_wgt", "air_cha", "ves_val", "ves_wgt", "ves_cha", "cnt_val", "cnt_wgt", "cnt_cha"),
]
KEYS = (("hts10", 0, 10), ("cty_code", 10, 14), ("cty_subco", 14, 16), ("dist_entry", 16, 18),
        ("dist_unlad", 18, 20), ("rate_prov", 20, 22))  # fmt: skip
FIELDS = (*KEYS, *((name, 28 + 15 * at, 43 + 15 * at) for at, name in enumerate(MEASURES)))


def codes(random: np.random.Generator) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Tariff lines in order, with their share of the records: fixed for minerals, Zipf for the others."""
    minerals = np.array([int(heading) for heading in headings()])
    others = np.setdiff1d(np.arange(101, 9800), minerals)
    heads = np.concatenate([np.repeat(minerals, 8), random.choice(others, LINES - 8 * minerals.size)])
    lines = np.unique(heads * 1_000_000 + random.integers(0, 1_000_000, heads.size))
    shares = random.permutation(zipf_shares(lines.size, 0.8))
    is_mineral = np.isin(lines // 1_000_000, minerals)
    shares[is_mineral] *= MINERAL_SHARE / shares[is_mineral].sum()
    shares[~is_mineral] *= (1 - MINERAL_SHARE) / shares[~is_mineral].sum()
    return lines, shares


def records(count: int, seed: int = 7) -> Iterator[tuple[Bytes2D, Ints, Ints, Ints]]:
    """Blocks of records with line ends, and for each record line, country and measures of the month."""
    random = np.random.default_rng(seed)
    lines, shares = codes(random)
    wanted = np.maximum(1, np.round(shares * count)).astype(np.int64)
    left = count
    for some in np.array_split(np.arange(lines.size), max(1, count // BLOCK)):
        size = wanted[some]
        line = np.repeat(some, size + size // 8 + 2)
        country = np.minimum((230 * random.random(line.size) ** 3).astype(np.int64), 229)
        rest = random.integers(0, 45 * 45 * 5 * 2, line.size)
        keys = np.unique((line * 230 + country) * 100_000 + rest)[:left]
        left -= keys.size
        if keys.size:
            country, rest = COUNTRIES[keys // 100_000 % 230], keys % 100_000
            line = lines[keys // 23_000_000]
            month, to_date = measures(random, keys.size)
            yield layout(line, country, rest, month, to_date), line, country, month
    if left:
        raise ValueError(f"{left:,} records are missing: the lines have too few countries and districts")


def measures(random: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    """The 22 measures of the month and of the year to date, each (count, 22), consistent by shipment."""
    active = random.random(count) < ACTIVE_SHARE
    value = np.exp(random.normal(10, 2, count))
    month = np.zeros((count, 22), dtype=np.int64)
    weight = value / np.exp(random.normal(1.5, 1, count))
    mode = random.random(count)  # by vessel, mostly in containers; by air; otherwise by land
    duty = np.where(random.random(count) < 0.4, value * random.choice([0.025, 0.065, 0.25], count), 0)
    freight = value * random.uniform(0.01, 0.1, count)
    entered = random.random(count) < 0.9
    vessel, air, boxed = mode < 0.6, (mode >= 0.6) & (mode < 0.85), mode < 0.5
    columns = [1 + value / 50_000, weight, 0, value, value * (duty > 0), duty, freight, value + freight]
    general = [weight, 0, value, freight, value + freight]
    carried = [figure * how for how in (air, vessel, boxed) for figure in (value, weight * 1.1, freight)]
    for at, column in enumerate([*(np.asarray(c) * entered for c in columns), *general, *carried]):
        month[:, at] = column
    earlier = (month * random.uniform(0, 11, (count, 1))).astype(np.int64)
    to_date = np.where(active[:, None], month, 0) + earlier
    return np.where(active[:, None], month, 0), to_date


def layout(line: Ints, country: Ints, rest: Ints, month: Ints, to_date: Ints) -> Bytes2D:
    """Records in the positions of the publisher's layout."""
    out = np.empty((line.size, WIDTH + 2), dtype=np.uint8)
    out[:, 0:10] = np.concatenate([digits(line // 100_000, 5), digits(line % 100_000, 5)], axis=1)
    out[:, 10:14] = digits(country, 4)
    out[:, 14:16] = np.where(
        (rest % 2)[:, None] == 0, np.frombuffer(b"  ", np.uint8), np.frombuffer(b"S ", np.uint8)
    )
    out[:, 16:18] = digits(rest // 450 + 10, 2)
    out[:, 18:20] = digits(rest // 10 % 45 + 10, 2)
    out[:, 20:22] = digits(PROVISIONS[rest // 2 % 5], 2)
    out[:, 22:28] = np.frombuffer(PERIOD.encode(), np.uint8)
    out[:, 28:358] = digits(month, 15).reshape(-1, 330)
    out[:, 358:688] = digits(to_date, 15).reshape(-1, 330)
    out[:, 688:] = np.frombuffer(b"\r\n", np.uint8)
    return out


def make(folder: Path, count: int) -> Facts:
    """Write an archive of ``count`` records, with control totals of every country and line."""
    by_country: dict[int, Ints] = {}
    by_line: dict[int, Ints] = {}
    kept_headings = np.array([int(heading) for heading in headings()])
    kept = active = 0
    with zipfile.ZipFile(folder / NAME, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("IMP_DETL.TXT", "w", force_zip64=True) as member:
            for raw, line, country, month in records(count):
                member.write(raw.tobytes())
                add(by_country, country, month)
                add(by_line, line, month)
                moved = month.any(axis=1)
                active += int(moved.sum())
                kept += int((moved & np.isin(line // 1_000_000, kept_headings)).sum())
        archive.writestr(
            "IMP_CTY.TXT",
            "".join(f"{country_line(code, by_country[code])}\r\n" for code in sorted(by_country)),
        )
        archive.writestr(
            "IMP_COMM.TXT", "".join(f"{line_line(code, by_line[code])}\r\n" for code in sorted(by_line))
        )
    size = (folder / NAME).stat().st_size
    return {
        "records": count,
        "active": active,
        "rows": kept,
        "bytes": size,
        "inflated_bytes": count * (WIDTH + 2),
    }


def add(sums: dict[int, Ints], keys: Ints, values: Ints) -> None:
    found, place = np.unique(keys, return_inverse=True)
    totals = np.zeros((found.size, values.shape[1]), dtype=np.int64)
    np.add.at(totals, place, values)
    for key, total in zip(found.tolist(), totals, strict=True):
        sums[key] = sums.get(key, 0) + total


def country_line(code: int, total: Ints) -> str:
    con_val, gen_val = total[3], total[10]
    return f"{code:04d}{'NAME':<30}{PERIOD}{0:015d}{con_val:015d}{0:060d}{gen_val:015d}{0:015d}"


def line_line(code: int, total: Ints) -> str:
    monthly = "".join(f"{measure:015d}" for measure in total[:13])
    return f"{code:010d}{'NAME':<50}{'KG':<3}{'':<3}{PERIOD}{monthly}"


def ours(place: Place) -> Task:
    from ingest.sources import census_bulk  # noqa: PLC0415

    task = landing.taking(census_bulk, place.data / NAME, "imports-2026-12", place)
    return lambda: {
        "rows": (facts := task())["census_bulk__imports_rows"],
        "off": facts["census_bulk__control_refused"],
    }


def isal(place: Place) -> Task:
    """Only inflates the member with ISA-L."""
    from ingest.formats.zips import inflated  # noqa: PLC0415

    path = place.data / NAME
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("IMP_DETL.TXT")
    return lambda: {"inflated": sum(map(len, inflated(path, info)))}


def unzip(place: Place) -> Task:
    import subprocess  # noqa: PLC0415

    def task() -> Facts:
        subprocess.run(
            ["unzip", "-p", place.data / NAME, "IMP_DETL.TXT"], stdout=subprocess.DEVNULL, check=True
        )
        return {}

    return task


def pandas(place: Place) -> Task:
    import duckdb  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    wanted = set(headings())
    names = [name for name, *_ in FIELDS]
    texts = dict.fromkeys((name for name, *_ in KEYS), str)

    def task() -> Facts:
        found = []
        with zipfile.ZipFile(place.data / NAME) as archive, archive.open("IMP_DETL.TXT") as member:
            for chunk in pd.read_fwf(
                member,
                colspecs=[(a, b) for _, a, b in FIELDS],
                names=names,
                dtype=texts,
                chunksize=250_000,
                header=None,
            ):
                mineral = chunk[chunk["hts10"].str[:4].isin(wanted)]
                found.append(mineral[(mineral[MEASURES] != 0).any(axis=1)])
        rows = pd.concat(found)  # noqa: F841 (DuckDB reads it by name)
        with duckdb.connect(str(place.scratch / "landed.duckdb")) as con:
            con.execute("create table imports as select * from rows")
            return {"rows": con.execute("select count(*) from imports").fetchone()[0]}

    return task


def polars(place: Place) -> Task:
    import duckdb  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    def task() -> Facts:
        with zipfile.ZipFile(place.data / NAME) as archive:
            text = archive.extract("IMP_DETL.TXT", place.scratch)
        lines = pl.scan_csv(text, has_header=False, new_columns=["line"], separator="\x01", quote_char=None)
        fields = lines.filter(pl.col("line").str.slice(0, 4).is_in(headings())).select(
            pl.col("line").str.slice(start, end - start).alias(name) for name, start, end in FIELDS
        )
        rows = fields.with_columns(pl.col(MEASURES).cast(pl.Int64)).filter(
            pl.any_horizontal(pl.col(MEASURES) != 0)
        )
        landed = rows.collect(engine="streaming")  # noqa: F841 (DuckDB reads it by name)
        with duckdb.connect(str(place.scratch / "landed.duckdb")) as con:
            con.execute("create table imports as select * from landed")
            return {"rows": con.execute("select count(*) from imports").fetchone()[0]}

    return task


def duckdb_substr(place: Place) -> Task:
    import duckdb  # noqa: PLC0415

    fields = ", ".join(
        f"substr(line, {start + 1}, {end - start}){'::bigint' if name in MEASURES else ''} as {name}"
        for name, start, end in FIELDS
    )
    moved = " or ".join(f"{name} <> 0" for name in MEASURES)

    def task() -> Facts:
        with zipfile.ZipFile(place.data / NAME) as archive:
            text = archive.extract("IMP_DETL.TXT", place.scratch)
        with duckdb.connect(str(place.scratch / "landed.duckdb"), config={"memory_limit": "2GB"}) as con:
            con.execute(
                f"""
                create table imports as
                select {fields}
                from read_csv($1, columns = {{'line': 'varchar'}}, header = false, delim = '\x01', quote = '')
                where substr(line, 1, 4) in (select unnest($2)) and ({moved})
                """,
                [text, list(headings())],
            )
            return {"rows": con.execute("select count(*) from imports").fetchone()[0]}

    return task


WORK = Work(
    id="census_bulk",
    title="Census bulk month: IMDB archive of {scale:,} records of 688 bytes, to landed mineral rows",
    make=make,
    scales={"small": 100_000, "default": 3_500_000, "full": 3_500_000},
    unit="records",
    contenders=(
        Contender("ours", "ours: select, decode, reconcile, check, land", "ours", ours),
        Contender("isal", "limit: inflate with ISA-L, nothing else", "limit", isal),
        Contender("unzip", "`unzip -p > /dev/null`", "peer", unzip),
        Contender("polars", "unpack, polars scan and slices", "peer", polars, runs=1),
        Contender("duckdb", "unpack, DuckDB read_csv and substr", "peer", duckdb_substr, runs=1),
        Contender("pandas", "pandas.read_fwf in chunks", "peer", pandas, "pandas", runs=1),
    ),
    goals=(
        Goal("of the limit", "ours", "isal", at_most=1.3),
        Goal("of `unzip -p` alone", "ours", "unzip", at_most=0.34),
    ),
    bounds=(Bound("peak memory, MB", "ours", "peak_mb", 600),),
    same=("rows",),
    notes=(
        "Ours also selects lines, sums by country, checks the contract and loads the rows. That takes about "
        "as much CPU as inflating. With two free cores both run at once; on a busy machine they run in turn."
    ),
)
