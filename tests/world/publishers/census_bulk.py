"""The Census Bureau's monthly archives: 300,000 detail records, most of them without trade in the month.

The detail member covers the year to date: the planted records, and records of other goods. Control totals,
the country list and the concordance cover all records.
"""

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.scope import headings
from tests.ingest.census_files import EXPORT_MEASURES, IMPORT_MEASURES
from tests.world.publishers.usitc_hts import statistical_lines
from tests.world.truth import LINES_BEFORE, SUCCESSOR, World, countries, products
from tests.world.zipping import write_zip

Bytes2D = npt.NDArray[np.uint8]
RECORDS = 300_000
RECORDS_OF_OLDER_MONTHS = 30_000
WIDTH = 15
IMPORT_KEYS, EXPORT_KEYS = 28, 23
STATES_NOTHING = 0.55
"""Share of records that have no trade in the month, since they belong to earlier months of the year."""
CODE_WIDTH = 10


def _digits(values: npt.NDArray[np.int64], width: int) -> Bytes2D:
    """Numbers as zero-padded digits."""
    out = np.full((values.size, width), ord("0"), dtype=np.uint8)
    rest = values.copy()
    for place in range(width - 1, -1, -1):
        if not rest.any():
            break
        rest, digit = np.divmod(rest, 10)
        out[:, place] += digit.astype(np.uint8)
    return out


def _text(values: list[str], width: int) -> Bytes2D:
    joined = "".join(value.ljust(width)[:width] for value in values).encode("latin-1")
    return np.frombuffer(joined, np.uint8).reshape(-1, width)


@cache
def schedule_c() -> list[str]:
    """Schedule C codes of all countries; trade with the possessions (9000 and above) is not foreign trade."""
    return sorted(code for code in countries()["census_code"].drop_nulls() if code < "9000")


@cache
def _other_goods() -> list[str]:
    """Lines of chapters that the warehouse ignores."""
    kept = set(headings())
    return [code for code in statistical_lines() if code[:4] not in kept]


@cache
def _filler(flow: str, count: int) -> tuple[Bytes2D, pl.DataFrame]:
    """Records of other goods with a blank month, and their code, country and values."""
    random = np.random.default_rng(count)
    goods, places = _other_goods(), schedule_c()
    at = np.arange(count)
    code = np.array(goods)[at % len(goods)]
    country = np.array(places)[(at // len(goods) * 7 + at) % len(places)]
    measures = IMPORT_MEASURES if flow == "imports" else EXPORT_MEASURES
    active = random.random(count) >= STATES_NOTHING
    values = {name: (random.integers(1, 4_000_000, count) * active) for name in measures[:3]}
    wanted = ("con_val", "gen_val", "dut_val", "cal_dut") if flow == "imports" else ("all_val",)
    values |= {name: (random.integers(1, 40_000_000, count) * active) for name in wanted}
    district = (at // (len(goods) * len(places))) % 60 + 20
    keys = IMPORT_KEYS if flow == "imports" else EXPORT_KEYS
    line = np.full((count, keys + 2 * WIDTH * len(measures) + 2), ord("0"), dtype=np.uint8)
    codes, lands = _text(code.tolist(), 10), _text(country.tolist(), 4)
    if flow == "imports":
        line[:, :10], line[:, 10:14], line[:, 14:16] = codes, lands, ord(" ")
        line[:, 16:18] = line[:, 18:20] = _digits(district, 2)
        line[:, 20:22] = np.frombuffer(b"61", np.uint8)
    else:
        line[:, 0] = ord("1")
        line[:, 1:11], line[:, 11:15], line[:, 15:17] = codes, lands, _digits(district, 2)
    for place, name in enumerate(measures):
        start = keys + WIDTH * place
        if name in values:
            line[:, start : start + WIDTH] = _digits(values[name], WIDTH)
    year_to_date = keys + WIDTH * len(measures)
    line[:, year_to_date + 8 : year_to_date + WIDTH] = _digits(random.integers(1, 10**6, count), 7)
    line[:, -2:] = np.frombuffer(b"\r\n", np.uint8)
    stated = pl.DataFrame({"code": code, "cty_code": country, **{name: values[name] for name in wanted}})
    return line, stated


def _planted(rows: pl.DataFrame, flow: str, month: date) -> Bytes2D:
    """The planted records in fixed-width layout."""
    measures = IMPORT_MEASURES if flow == "imports" else EXPORT_MEASURES
    keys = IMPORT_KEYS if flow == "imports" else EXPORT_KEYS
    line = np.full((rows.height, keys + 2 * WIDTH * len(measures) + 2), ord("0"), dtype=np.uint8)
    if flow == "imports":
        text = rows.select(
            pl.concat_str("hts10", "cty_code", "subco", "district", "district", "provision")
        ).to_series()
    else:
        text = rows.select(pl.concat_str("df", "schedule_b", "cty_code", "district")).to_series()
    line[:, : keys - 6] = _text(text.to_list(), keys - 6)
    line[:, keys - 6 : keys] = np.frombuffer(f"{month:%Y%m}".encode(), np.uint8)
    for place, name in enumerate(measures):
        start = keys + WIDTH * place
        if name in rows.columns:
            line[:, start : start + WIDTH] = _digits(rows[name].to_numpy().astype(np.int64), WIDTH)
    line[:, -2:] = np.frombuffer(b"\r\n", np.uint8)
    return line


def _lines(columns: list[Bytes2D]) -> bytes:
    ends = np.tile(np.frombuffer(b"\r\n", np.uint8), (columns[0].shape[0], 1))
    return np.concatenate([*columns, ends], axis=1).tobytes()


def _concordance(extra: dict[str, tuple[str, str]]) -> bytes:
    """Every statistical line with its units."""
    units = dict.fromkeys(statistical_lines(), ("NO", "")) | extra
    codes = sorted(units)
    return _lines(
        [
            _text(codes, 10),
            _text([f"GOODS OF {code}" for code in codes], 150),
            _text([f"GOODS {code}" for code in codes], 50),
            _text([units[code][0] for code in codes], 3),
            _text([units[code][1] for code in codes], 3),
            _text(["" for _ in codes], 19),
        ]
    )


def _country_list() -> bytes:
    known = countries().filter(pl.col("census_code").is_not_null())
    return _lines(
        [
            _text(known["census_code"].to_list(), 4),
            _text(known["iso3"].to_list(), 7),
            _text([name.encode("ascii", "replace").decode() for name in known["name"]], 50),
        ]
    )


def _country_totals(stated: pl.DataFrame, month: date) -> bytes:
    sums = stated.group_by("cty_code").agg(pl.col("con_val", "gen_val").sum()).sort("cty_code")
    zeros = np.zeros(sums.height, np.int64)
    return _lines(
        [
            _text(sums["cty_code"].to_list(), 4),
            _text(["NAME"] * sums.height, 30),
            _text([f"{month:%Y%m}"] * sums.height, 6),
            _digits(zeros + 1, WIDTH),
            _digits(sums["con_val"].to_numpy(), WIDTH),
            *[_digits(zeros, WIDTH)] * 4,
            _digits(sums["gen_val"].to_numpy(), WIDTH),
            _digits(zeros, WIDTH),
        ]
    )


def _commodity_totals(stated: pl.DataFrame, month: date) -> bytes:
    names = ["con_qy1", "con_val", "dut_val", "cal_dut", "gen_val"]
    sums = stated.group_by("code").agg(pl.col(names).sum()).sort("code")
    columns = [_text(sums["code"].to_list(), 10), _text(["NAME"] * sums.height, 50)]
    columns += [_text(["KG"] * sums.height, 3), _text([""] * sums.height, 3)]
    columns.append(_text([f"{month:%Y%m}"] * sums.height, 6))
    zeros = np.zeros(sums.height, np.int64)
    for name in IMPORT_MEASURES[:13]:
        columns.append(_digits(sums[name].to_numpy() if name in names else zeros, WIDTH))
    return _lines(columns)


def _units(codes: pl.Series) -> dict[str, tuple[str, str]]:
    """Units of the planted lines; background lines have none."""
    known = {row[0]: (row[1], row[2]) for row in products().select("hts10", "unit1", "unit2").iter_rows()}
    known[SUCCESSOR[1]] = known[SUCCESSOR[0]]
    known |= {before: known[number] for number, before, _ in LINES_BEFORE}
    return {code: known.get(code, ("X", "")) for code in codes.unique()}


def _details(flow: str, rows: pl.DataFrame, month: date, count: int) -> tuple[bytes, pl.DataFrame]:
    filler, stated = _filler(flow, count - rows.height)
    keys = IMPORT_KEYS if flow == "imports" else EXPORT_KEYS
    whole = np.concatenate([filler, _planted(rows, flow, month)])
    whole[:, keys - 6 : keys] = np.frombuffer(f"{month:%Y%m}".encode(), np.uint8)
    return whole.tobytes(), stated


def imports(world: World, month: date, folder: Path, count: int = RECORDS) -> Path:
    """IMDB of a month."""
    rows = world.us_imports(month)
    details, stated = _details("imports", rows, month, count)
    planted = rows.rename({"hts10": "code"})
    everything = pl.concat([stated, planted], how="diagonal").with_columns(pl.col("con_qy1").fill_null(0))
    members = [
        ("IMP_DETL.TXT", details),
        ("IMP_CTY.TXT", _country_totals(everything, month)),
        ("IMP_COMM.TXT", _commodity_totals(planted, month)),
        ("CONCORD.TXT", _concordance(_units(rows["hts10"]))),
        ("COUNTRY.TXT", _country_list()),
    ]
    return write_zip(folder / f"IMDB{month:%y%m}.ZIP", members)


def exports(world: World, month: date, folder: Path, count: int = RECORDS) -> Path:
    """EXDB of a month."""
    rows = world.us_exports(month)
    details, _ = _details("exports", rows, month, count)
    members = [
        ("EXP_DETL.TXT", details),
        ("CONCORD.TXT", _concordance(_units(rows["schedule_b"]))),
        ("COUNTRY.TXT", _country_list()),
    ]
    return write_zip(folder / f"EXDB{month:%y%m}.ZIP", members)
