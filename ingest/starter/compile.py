"""Compile the starter from the publishers' files: ``python -m ingest.starter.compile ../shared/data``.

Every file goes through its source's parser. The rows of covered minerals, codes and countries are written
as one Parquet file a raw table, and what is known of the publishers' files as ``files.csv``. The same input
gives the same bytes.
"""

import hashlib
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final, cast

import polars as pl

from ingest import scope
from ingest.contracts import FileFacts, SourceModule, Table, accept

HERE: Final = Path(__file__).parent
ORIGINS: Final = HERE / "origins.csv"

AREAS_COMTRADE: Final = (842, 124, 484)
AREAS_BACI: Final = ("USA", "Canada", "Mexico", "842", "124", "484")
COMTRADE_MINERALS: Final = (
    *("cobalt", "nickel", "copper", "lithium", "manganese", "rare_earths"),
    *("platinum", "palladium", "rhodium", "iridium", "ruthenium"),
)
PRICED: Final = (
    "Aluminum|Iron ore|Copper|Lead|Tin|Nickel|Zinc|Gold|Platinum|Silver"
    "|Phosphate rock|DAP|TSP|Potassium chloride|Coal"
)

# What the starter holds of each table; a table that is not named is held whole.
KEPT: Final[Mapping[str, pl.Expr]] = {
    "usitc_hts__line": scope.within("hts_code", (*scope.codes(), "99"))
    | scope.above("hts_code", scope.codes()),
    "usitc_hts__chapter99_product": scope.within("hts_prefix", scope.codes())
    | scope.above("hts_prefix", scope.codes()),
    "census_api__imports_annual": scope.within("hts10", scope.codes()),
    "usitc_dataweb__usmca_monthly": scope.within("hts10", scope.codes())
    & (pl.col("consumption_value_usd") > 0),
    "comtrade__trade": pl.col("reporter_code").is_in(AREAS_COMTRADE)
    & pl.col("hs_code").is_in(scope.codes(COMTRADE_MINERALS))
    & ((pl.col("partner_code") == 0) | (pl.col("freq") == "M")),
    "cepii_baci__trade": pl.col("exporter_code").is_in(AREAS_BACI)
    | pl.col("importer_code").is_in(AREAS_BACI),
    "worldbank_prices__monthly": pl.col("series").str.contains(f"^(?:{PRICED})")
    & (pl.col("period") >= date(2015, 1, 1)),
    "worldbank_wgi__indicator": pl.col("year") >= 2010,
}
# Downloads overlap in part, so a slice that one of them states anew is a period and code, not the download.
SLICES: Final[Mapping[str, pl.Expr]] = {
    "comtrade__trade": pl.format("{}/{}/{}", "freq", pl.col("period").dt.year(), "hs_code"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A publisher's file that the starter draws on."""

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


def origins(folder: Path) -> Iterator[Origin]:
    """The files under a folder that ``origins.csv`` names, in the order of their paths.

    Raises:
        FileNotFoundError: a line of ``origins.csv`` names no file of the folder.
    """
    files = {
        path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
    }
    for line in pl.read_csv(ORIGINS, infer_schema=False).fill_null("").iter_rows(named=True):
        found = [(match, path) for name, path in files.items() if (match := re.fullmatch(line["path"], name))]
        if not found:
            raise FileNotFoundError(f"no file of {folder} is called {line['path']}")
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


def extract(origin: Origin) -> Iterator[tuple[Table, pl.DataFrame]]:
    """The accepted rows of a file that the starter keeps, with the columns that say where they are from."""
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


def compile_starter(folder: Path, out: Path) -> None:
    """Write ``<table>.parquet`` of every raw table and ``files.csv`` of the files behind them."""
    extracts = [(origin, table, rows) for origin in origins(folder) for table, rows in extract(origin)]
    for name, group in groupby(
        sorted(extracts, key=lambda found: found[1].name), key=lambda found: found[1].name
    ):
        found = list(group)
        key = found[0][1].schema.primary_key()
        rows = pl.concat(rows for _, _, rows in found).sort(*key, "_vintage", "_archive_id").rechunk()
        rows.write_parquet(out / f"{name}.parquet", compression="zstd", compression_level=19)
    manifest(origin for origin, _, rows in extracts if not rows.is_empty()).write_csv(out / "files.csv")


def manifest(used: Iterable[Origin]) -> pl.DataFrame:
    """One row a publisher's file."""
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


if __name__ == "__main__":
    compile_starter(Path(sys.argv[1]), HERE)
