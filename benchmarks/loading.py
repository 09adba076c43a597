"""Our way from a publisher's file to loaded rows, as in a refresh: parser, contract, Parquet, DuckDB."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

from benchmarks.harness import Facts, Place, Task


def taker(module: ModuleType, partition: str, place: Place) -> Callable[[Path], Facts]:
    """The task that loads one file of a source into an empty `raw.duckdb`; its facts are rows by table."""
    from ingest.contracts import FileFacts, accept  # noqa: PLC0415 (the peers' environment lacks these)
    from ingest.parsed import write_parquet  # noqa: PLC0415
    from orchestration.pipeline.raw_layer import column_types, declare, open_raw  # noqa: PLC0415
    from warehouse.connect import Engine  # noqa: PLC0415
    from warehouse.load import load_file, load_refused  # noqa: PLC0415

    tables = {table.name: table for table in module.SOURCE.tables}
    for table in tables.values():
        column_types(table)

    def take(path: Path) -> Facts:
        frames = module.parse(path, FileFacts(path.name, partition, date(2026, 11, 5)))
        landed: dict[str, object] = {}
        with open_raw(place.scratch / "raw.duckdb", Engine()) as con:
            declare(con, [module.SOURCE])
            for name, frame in frames.items():
                accepted = accept(tables[name], frame)
                parquet = place.scratch / f"{name}.parquet"
                write_parquet(accepted.rows, parquet)
                landed[f"{name}_rows"] = load_file(con, name, parquet, "bench").row_count
                landed[f"{name}_refused"] = load_refused(
                    con, module.SOURCE.id, name, "bench", accepted.refused
                )
        return landed

    return take


def taking(module: ModuleType, path: Path, partition: str, place: Place) -> Task:
    """The task for an existing file."""
    take = taker(module, partition, place)
    return lambda: take(path)
