"""Compile the starter from the publishers' files: ``python -m ingest.starter.compile ../shared/data``.

Every file goes through its source's parser. The rows of covered minerals, codes and countries are written as
one Parquet file per raw table, and the facts about the publishers' files as ``files.csv``. The same input
gives the same bytes. ``--source usgs_mcs`` compiles one source and leaves the files of the others alone.
"""

import argparse
import hashlib
import importlib
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final, cast

import polars as pl

from ingest import scope
from ingest.contracts import FileFacts, ParseError, SourceModule, Table, accept

HERE: Final = Path(__file__).parent
ORIGINS: Final = HERE / "origins.csv"

AREAS_COMTRADE: Final = (842, 124, 484)
AREAS_BACI: Final = (
    *("USA", "Canada", "Mexico", "842", "124", "484"),
    *("CAN", "MEX", "US", "CA", "MX"),
)
# Years for which the trade of every pair of countries is kept, to show who supplies the suppliers.
WHOLE_BACI_YEARS: Final = (2022, 2024)
COMTRADE_MINERALS: Final = (
    *("cobalt", "nickel", "copper", "lithium", "manganese", "rare_earths"),
    *("platinum", "palladium", "rhodium", "iridium", "ruthenium"),
)
# Canada's own list has more detail on its sites.
LISTED_BY_ICMM: Final = ("United States", "Mexico")
PRICED: Final = (
    "Aluminum|Iron ore|Copper|Lead|Tin|Nickel|Zinc|Gold|Platinum|Silver"
    "|Phosphate rock|DAP|TSP|Potassium chloride|Coal"
)

# A tariff line is kept with all of its statistical lines: a list that names all of them covers the line.
TARIFF_LINES: Final = tuple(sorted({code[:8] for code in scope.codes()}))
# The rows of each table that the starter keeps; tables not named here are kept in full.
KEPT: Final[Mapping[str, pl.Expr]] = {
    "usitc_hts__line": scope.within("hts_code", (*TARIFF_LINES, "99"))
    | scope.above("hts_code", scope.codes()),
    "usitc_hts__chapter99_product": scope.within("hts_prefix", TARIFF_LINES)
    | scope.above("hts_prefix", scope.codes()),
    "census_api__imports_annual": scope.within("hts10", scope.codes()),
    "usitc_dataweb__usmca_monthly": scope.within("hts10", scope.codes())
    & (pl.col("consumption_value_usd") > 0),
    "comtrade__trade": pl.col("reporter_code").is_in(AREAS_COMTRADE)
    & pl.col("hs_code").is_in(scope.codes(COMTRADE_MINERALS))
    & ((pl.col("partner_code") == 0) | (pl.col("freq") == "M")),
    "cepii_baci__trade": pl.col("hs6").is_in(scope.hs6())
    & (
        pl.col("exporter_code").is_in(AREAS_BACI)
        | pl.col("importer_code").is_in(AREAS_BACI)
        | pl.col("year").is_in(WHOLE_BACI_YEARS)
    ),
    "worldbank_prices__monthly": pl.col("series").str.contains(f"^(?:{PRICED})")
    & (pl.col("period") >= date(2015, 1, 1)),
    "worldbank_wgi__indicator": pl.col("year") >= 2010,
    "icmm_sites__site": pl.col("country").is_in(LISTED_BY_ICMM),
    "icmm_sites__commodity": pl.col("country").is_in(LISTED_BY_ICMM),
}
# Downloads overlap partly, so a download replaces slices by period and code, not whole downloads.
SLICES: Final[Mapping[str, pl.Expr]] = {
    "comtrade__trade": pl.format("{}/{}/{}", "freq", pl.col("period").dt.year(), "hs_code"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A publisher's file from which the starter has rows."""

    path: Path
    archive_id: str
    source_id: str
    facts: FileFacts
    publisher: str
    edition: str
    url: str
    licence: str


def module(source_id: str) -> SourceModule:
    """The module of a source."""
    return cast(SourceModule, importlib.import_module(f"ingest.sources.{source_id}"))


def origins(folder: Path, sources: Collection[str] = ()) -> Iterator[Origin]:
    """The files under a folder that ``origins.csv`` lists, sorted by path.

    Args:
        folder: folder of the publishers' files.
        sources: ids of the sources wanted; all if empty.

    Raises:
        FileNotFoundError: a line of ``origins.csv`` matches no file in the folder.
    """
    files = _files(folder)
    for line in _lines(sources):
        found = [(match, path) for name, path in files.items() if (match := re.fullmatch(line["path"], name))]
        if not found:
            raise FileNotFoundError(f"{folder} has no file {line['path']}")
        source = module(line["source_id"]).SOURCE
        for match, path in found:
            named = {
                column: text.format(**match.groupdict()) for column, text in line.items() if column != "path"
            }
            yield Origin(
                path=path,
                archive_id=hashlib.sha256(path.read_bytes()).hexdigest(),
                source_id=source.id,
                facts=FileFacts(path.name, named["partition"], date.fromisoformat(named["vintage"])),
                publisher=named["publisher"] or source.publisher,
                edition=named["edition"],
                url=named["url"],
                licence=named["licence"] or source.licence,
            )


def unnamed(folder: Path, sources: Collection[str] = ()) -> list[str]:
    """Files that no line of ``origins.csv`` names, in folders from which a line takes several files."""
    lines = _lines(sources)
    shared = {Path(line["path"]).parent.as_posix() for line in lines if "(?P<" in Path(line["path"]).name}
    return [
        name
        for name in _files(folder)
        if any(re.fullmatch(pattern, Path(name).parent.as_posix()) for pattern in shared)
        and not any(re.fullmatch(line["path"], name) for line in _lines())
    ]


def _lines(sources: Collection[str] = ()) -> list[dict[str, str]]:
    lines = pl.read_csv(ORIGINS, infer_schema=False).fill_null("").to_dicts()
    return [line for line in lines if not sources or line["source_id"] in sources]


def _files(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def extract(origin: Origin) -> Iterator[tuple[Table, pl.DataFrame]]:
    """The accepted rows of a file that the starter keeps, with their provenance columns."""
    source = module(origin.source_id)
    tables = {table.name: table for table in source.SOURCE.tables}
    for name, frame in source.parse(origin.path, origin.facts).items():
        rows = accept(tables[name], frame).rows.filter(KEPT.get(name, pl.lit(True)))
        yield (
            tables[name],
            rows.with_columns(
                pl.lit(origin.archive_id).alias("_archive_id"),
                SLICES.get(name, pl.lit(origin.facts.partition)).alias("_partition"),
                pl.lit(origin.facts.vintage).alias("_vintage"),
            ),
        )


def compile_starter(folder: Path, out: Path, sources: Collection[str] = ()) -> None:
    """Write ``<table>.parquet`` for every raw table, and ``files.csv`` on the files behind them.

    Args:
        folder: folder of the publishers' files.
        out: the output folder.
        sources: ids of the sources to compile; files of other sources in ``out`` stay unchanged.
    """
    extracts = [
        (origin, table, rows) for origin in origins(folder, sources) for table, rows in extract(origin)
    ]
    for name, group in groupby(
        sorted(extracts, key=lambda found: found[1].name), key=lambda found: found[1].name
    ):
        found = list(group)
        key = found[0][1].schema.primary_key()
        rows = pl.concat(rows for _, _, rows in found).sort(*key, "_vintage", "_archive_id").rechunk()
        rows.write_parquet(out / f"{name}.parquet", compression="zstd", compression_level=19)
    files = manifest(origin for origin, _, rows in extracts if not rows.is_empty())
    if sources:
        others = pl.read_csv(out / "files.csv", schema_overrides=files.schema)
        files = pl.concat([others.filter(~pl.col("source_id").is_in(list(sources))), files])
    files.sort("source_id", "partition", "vintage", "name").write_csv(out / "files.csv")


def manifest(used: Iterable[Origin]) -> pl.DataFrame:
    """One row per file of a publisher."""
    return (
        pl.DataFrame(
            {
                "archive_id": origin.archive_id,
                "source_id": origin.source_id,
                "name": origin.facts.name,
                "partition": origin.facts.partition,
                "vintage": origin.facts.vintage,
                "publisher": origin.publisher,
                "edition": origin.edition,
                "url": origin.url,
                "licence": origin.licence,
                "bytes": origin.path.stat().st_size,
            }
            for origin in used
        )
        .unique()
        .sort("source_id", "partition", "vintage", "name")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Exit status: 0 done, 1 a file is missing or malformed, 2 misuse."""
    parser = argparse.ArgumentParser(description="Compile the starter from the publishers' files.")
    parser.add_argument("folder", type=Path, help="folder of the publishers' files")
    parser.add_argument("--source", action="append", default=[], help="compile this source only; may repeat")
    parser.add_argument("--out", type=Path, default=HERE, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    known = {line["source_id"] for line in _lines()}
    if strange := sorted(set(asked.source) - known):
        parser.error(f"{ORIGINS.name} has no source {strange[0]}; it has {', '.join(sorted(known))}")
    for name in unnamed(asked.folder, asked.source):
        sys.stderr.write(f"warning: {name} is left out because no line of {ORIGINS.name} names it\n")
    try:
        compile_starter(asked.folder, asked.out, asked.source)
    except (FileNotFoundError, ParseError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
