"""CEPII BACI: bilateral trade by HS6 code, both sides reconciled, value FOB and quantity in tonnes.

The parser reads the publisher's CSV (``t,i,j,k,v,q`` with Comtrade's numeric area codes) and extracts of the
same figures: with full column names and countries as names or ISO 3166 codes, or by material with values
only. Source: CEPII, https://www.cepii.fr.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.csv import ensure_last_line_ends, read_csv_table
from ingest.formats.prefilter import RowPrefilter
from ingest.formats.zips import DAMAGED, inflated, map_blocks, whole_lines
from ingest.gates import Gates
from ingest.http import NotFoundError, Policy
from ingest.probe import Probe, first_found, newest_of, parsed
from ingest.remote_zip import remote_zip
from ingest.scope import hs6


class Trade(dy.Schema):
    """One country's exports of a code to another in a year."""

    nomenclature = dy.String(
        primary_key=True,
        regex=r"^HS\d\d$",
        metadata=about("HS edition of the whole series"),
    )
    year = dy.Int16(primary_key=True, min=1988, max=2200, metadata=about("Calendar year", "year"))
    exporter_code = dy.String(
        primary_key=True, min_length=1, metadata=about("Comtrade area code, or name in extracts")
    )
    importer_code = dy.String(
        primary_key=True, min_length=1, metadata=about("Comtrade area code, or name in extracts")
    )
    hs6 = dy.String(primary_key=True, regex=r"^\d{6}$", metadata=about("HS6 code"))
    value_kusd = dy.Float64(min=0, metadata=about("Value free on board", "thousand USD"))
    quantity_t = dy.Float64(nullable=True, min=0, metadata=about("Quantity, where known", "t"))


TRADE: Final = Table("cepii_baci__trade", Trade, "nomenclature, year, exporter_code, importer_code, hs6")

SOURCE: Final = Source(
    id="cepii_baci",
    title="BACI bilateral trade",
    publisher="CEPII",
    homepage="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    licence="Etalab Open Licence 2.0",
    citation="Gaulier and Zignago (2010), BACI: International Trade Database at the Product-Level, CEPII",
    subject="world trade",
    cadence="annual",
    lag_days=390,
    drop_in="BACI_HS17_V202601.zip as published, or a CSV of its columns",
    tables=(TRADE,),
    base_url="https://www.cepii.fr/DATA_DOWNLOAD/baci/data",
    heavy=True,
    note="A new version every January restates all years.",
)

_COLUMNS: Final = ("year", "exporter_code", "importer_code", "hs6", "value_kusd", "quantity_t")
_HEADERS: Final = (
    ("t", "i", "j", "k", "v", "q"),
    ("year", "exporter", "importer", "product", "value_kusd", "quantity_tonnes"),
    ("year", "exporter", "importer", "product", "value", "quantity"),
    ("year", "exporter", "importer", "hs6", "value_kusd", "qty_t"),
)
# Columns of extracts that are ignored: row numbers, and names next to codes.
_IDLE: Final = frozenset({"", "index", "exporter_name", "importer_name", "material"})
_BY_MATERIAL: Final = ("year", "material", "from_iso2", "to_iso2", "value_usd")
# Each material in the extract of values is one code. Materials that share 8112.92 with gallium (germanium,
# hafnium) repeat its value and are left out.
_MATERIALS: Final = {
    "antimony": "811010",
    "arsenic": "280480",
    "baryte": "251110",
    "bauxite": "260600",
    "beryllium": "811212",
    "boron": "252800",
    "cobalt": "282200",
    "cokingcoal": "270112",
    "copper": "740311",
    "feldspar": "252910",
    "fluorspar": "252922",
    "gallium": "811292",
    "graphite": "250490",
    "helium": "280429",
    "lithium": "283691",
    "magnesium": "810411",
    "magnets": "850511",
    "manganese": "260200",
    "nickel": "750210",
    "niobium": "720293",
    "palladium": "711021",
    "phosphate": "251010",
    "phosphorus": "280470",
    "platinum": "711011",
    "silicon": "280469",
    "strontium": "283692",
    "tantalum": "810320",
    "titanium": "810820",
    "tungsten": "810194",
    "vanadium": "720292",
}
# The code was different before HS17: 8112.91 until 2006, 2528.10 and 2528.90 until 2011.
_NEW_IN_HS17: Final = ("811292", "252800")
_NOMENCLATURE: Final = re.compile(r"(HS\d\d)/.+")


TAKEN_AT_ONCE: Final = 8 << 20  # bytes of text made a frame


def parse(path: Path, facts: FileFacts) -> Frames:
    """Rows of a BACI file, or the rows of the bridge's codes in a full version (ZIP).

    The partition, such as ``HS92/V202601b``, names the HS edition, which the rows do not; the extract by
    material uses two editions, depending on the year. Area codes lose their leading zeros (``004`` is ``4``),
    HS codes regain theirs. A quantity of zero is read as missing: extracts write it where BACI has none.

    Raises:
        ParseError: not a BACI file, cut off, or a partition without an HS edition.
    """
    edition = _NOMENCLATURE.fullmatch(facts.partition)
    if edition is None:
        raise ParseError(
            f"{facts.name}: partition {facts.partition!r} does not begin with an HS edition such as HS92/."
        )
    try:
        texts = _of_archive(path, facts) if zipfile.is_zipfile(path) else _of_file(path, facts)
        tidy = [_tidy(text, edition[1]) for text in texts]
    except DAMAGED as error:
        raise ParseError(f"{facts.name}: the archive is damaged ({error})") from None
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise ParseError(f"{facts.name}: not readable as CSV ({str(error).splitlines()[0]}).") from error
    if not tidy:
        raise ParseError(f"{facts.name}: has no rows.")
    return {TRADE.name: pl.concat(tidy)}


def _of_file(path: Path, facts: FileFacts) -> Iterator[pl.DataFrame]:
    """All rows of a file as text, with our column names."""
    ensure_last_line_ends(path, facts.name)
    rows = _named(read_csv_table(path, facts.name), facts)
    if rows.is_empty() or "" in rows.select(_COLUMNS[:-1]).row(-1):
        raise ParseError(f"{facts.name}: has no rows, or the last is cut off.")
    yield rows


def _of_archive(path: Path, facts: FileFacts) -> Iterator[pl.DataFrame]:
    """The rows of the bridge's codes for all years of a version, in batches, as text."""
    with zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if MEMBER.search(info.filename)]
    if not members:
        raise ParseError(f"{facts.name}: the archive holds no BACI file.")
    chooser = RowPrefilter(hs6(), _COLUMNS.index("hs6"), len(_COLUMNS), 6)
    for member in members:
        blocks = whole_lines(inflated(path, member))
        header, end, first = next(blocks, b"").partition(b"\n")
        chosen = chain([header, end], map_blocks(chooser.lines, chain([first], blocks)))
        names = b""
        for block in whole_lines(chosen, TAKEN_AT_ONCE):
            rows = _named(read_csv_table(names + block, facts.name), facts)
            names = header + end
            yield rows.filter(pl.col("hs6").str.zfill(6).is_in(hs6()))


def _named(text: pl.DataFrame, facts: FileFacts) -> pl.DataFrame:
    """The columns under our names, with spaces stripped."""
    if tuple(text.columns) == _BY_MATERIAL:
        return _of_materials(text)
    kept = [column for column in text.columns if column not in _IDLE]
    if tuple(kept) not in _HEADERS:
        raise ParseError(f"{facts.name}: not a BACI file, its columns are {text.columns}.")
    named = text.select(kept).rename(dict(zip(kept, _COLUMNS, strict=True)))
    return named.select(pl.all().fill_null("").str.strip_chars())


def _of_materials(text: pl.DataFrame) -> pl.DataFrame:
    """The rows of the extract by material: HS02 codes to 2016, HS17 codes after that, no weights."""
    is_new = pl.col("year").cast(pl.Int32, strict=False) >= FIRST_FULL
    rows = text.select(
        pl.when(is_new).then(pl.lit("HS17")).otherwise(pl.lit("HS02")).alias("nomenclature"),
        "year",
        pl.col("from_iso2").alias("exporter_code"),
        pl.col("to_iso2").alias("importer_code"),
        pl.col("material").replace_strict(_MATERIALS, default=None).alias("hs6"),
        (pl.col("value_usd").cast(pl.Float64, strict=False) / 1000).cast(pl.String).alias("value_kusd"),
        pl.lit("").alias("quantity_t"),
    )
    is_code = is_new | ~pl.col("hs6").is_in(_NEW_IN_HS17)
    return rows.filter(pl.col("hs6").is_not_null(), is_code).fill_null("")


def _tidy(text: pl.DataFrame, edition: str) -> pl.DataFrame:
    quantity = pl.col("quantity_t").cast(pl.Float64, strict=False)
    named = "nomenclature" in text.columns
    return text.select(
        pl.col("nomenclature") if named else pl.lit(edition).alias("nomenclature"),
        pl.col("year").cast(pl.Int16, strict=False),
        pl.col("exporter_code", "importer_code").str.strip_chars_start("0"),
        pl.col("hs6").str.zfill(6),
        pl.col("value_kusd").cast(pl.Float64, strict=False),
        pl.when(quantity > 0).then(quantity).alias("quantity_t"),
    )


# Fetching. A version usually appears in late January and is named after its month, with a letter if it was
# corrected. HS92 reaches back to 1995 and has no code for gallium, germanium, indium or antimony metal; the
# editions from HS17 on have the codes of their years.
LONG_SERIES: Final = "HS92"
FIRST_FULL: Final = 2017
EDITIONS: Final = (LONG_SERIES, "HS17", "HS22")
"""Editions to request if the page does not list them."""
ARCHIVE: Final = re.compile(r"(?i)BACI_(HS\d\d)_V(\d{6}[a-z]?)\.zip")
LETTERS: Final = ("b", "")
PROBED_BYTES: Final = 2 << 10
MEMBER: Final = re.compile(r"(?i)BACI_HS\d\d_Y\d{4}_V\d{6}[a-z]?\.csv$")
POLICY: Final = Policy(interval_s=2, read_s=120, deadline_s=3 * 3600, attempts=6, max_bytes=6 << 30)
GATES: Final = Gates("table", whole_zip=False, min_rows={TRADE.name: 1})


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """The newest version of the long series and of each edition since 2017.

    A version never changes, so one that is archived is not requested again.
    """
    for edition, version in _newest(context).items():
        remote = _part(context, edition, version)
        if not context.has(remote):
            yield remote


def _part(context: FetchContext, edition: str, version: str) -> RemoteFile:
    name = f"BACI_{edition}_V{version}.zip"
    return RemoteFile(f"{edition}/V{version}", name, context.url(name))


def _newest(context: FetchContext) -> dict[str, str]:
    """The newest version by edition: as linked on the publisher's page, else the first on the server."""
    home = urlsplit(SOURCE.homepage)
    try:
        page = context.get(urljoin(context.base_url, f"{home.path}?{home.query}")).content.decode(
            "utf-8", "replace"
        )
    except NotFoundError:
        page = ""
    found: dict[str, str] = {}
    for edition, version in ARCHIVE.findall(page):
        name = edition.upper()
        if name == LONG_SERIES or _year(name) >= FIRST_FULL:
            found[name] = max(found.get(name, ""), version.lower())
    if not found:
        version = next(_there(context), f"{context.now.year}01")
        found = dict.fromkeys(EDITIONS, version)
    return dict(sorted(found.items(), key=lambda entry: _year(entry[0])))


def _year(edition: str) -> int:
    """The year of an edition's nomenclature. The first was HS88, so two digits suffice."""
    digits = int(edition[-2:])
    return digits + (1900 if digits >= 88 else 2000)


def _there(context: FetchContext) -> Iterator[str]:
    """The versions of this year and the last that the server has, newest first."""
    for month in range(12 * context.now.year + context.now.month - 1, 12 * (context.now.year - 1) - 1, -1):
        for letter in LETTERS:
            version = f"{month // 12}{month % 12 + 1:02d}{letter}"
            remote = _part(context, LONG_SERIES, version)
            if context.has(remote):
                yield version
            with suppress(NotFoundError):
                if context.peek(remote.url, count=2).content == b"PK":
                    yield version


def partition_of(name: str) -> str | None:
    """Edition and version, from an archive's name."""
    found = ARCHIVE.fullmatch(name)
    return f"{found[1].upper()}/V{found[2].lower()}" if found else None


def probe(context: FetchContext) -> Probe:
    """Read the directory of the newest version, and the first lines of its newest year."""
    return first_found(partial(_looked_at, context), plan(context))


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    with remote_zip(context, remote) as archive:
        members = sorted(name for name in archive.namelist() if MEMBER.search(name))
        if not members:
            raise ParseError(f"{remote.name}: the archive holds no BACI file.")
        with archive.open(members[-1]) as stream:
            return check_shape(stream.read(PROBED_BYTES), remote)


def check_shape(head: bytes, remote: RemoteFile) -> Probe:
    """Check the first lines of a year; raises `ParseError`."""
    lines = head[: head.rfind(b"\n") + 1]
    frames = parsed(parse, lines, replace(remote, name=f"{Path(remote.name).stem}.csv"), SOURCE)
    return Probe(newest_of(frames[TRADE.name]["year"]), release=remote.partition)
