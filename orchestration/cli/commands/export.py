"""`minerals export`: write published tables, raw tables or the workbook of a mineral."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.render import err, out, plain
from orchestration.settings import read_settings


class Layer(StrEnum):
    """The tables that an export writes."""

    published = "published"
    raw = "raw"


class FileFormat(StrEnum):
    """The formats of an export."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


def export(
    folder: Annotated[
        str | None,
        typer.Argument(help="Target folder, created if missing; with --mineral by default here."),
    ] = None,
    formats: Annotated[
        list[FileFormat] | None,
        typer.Option(
            "--format", "-f", metavar="FORMAT", help="parquet, csv or xlsx; repeat the option for several."
        ),
    ] = None,
    layer: Annotated[
        Layer, typer.Option(help="raw: the input of Spark, as Parquet, in a folder or object store.")
    ] = Layer.published,
    mineral: Annotated[
        str | None, typer.Option("--mineral", help="One workbook of a mineral, by any of its names.")
    ] = None,
) -> None:
    """Write the published tables as Parquet, as CSV safe in spreadsheets, or the marts as a workbook.

    With --mineral, write one workbook on that mineral: its sheet, its rows of every mart, units, notes and
    sources.
    """
    if folder and Path(folder).suffix in {f".{form}" for form in FileFormat} and not Path(folder).is_dir():
        raise typer.BadParameter(
            "This is the name of a file: name a folder, in which the files get their own names.",
            param_hint="FOLDER",
        )
    if mineral:
        _export_mineral(mineral, Path(folder or "."), formats or [FileFormat.xlsx])
        return
    if folder is None:
        raise typer.BadParameter("Name the target folder.", param_hint="FOLDER")
    if layer is Layer.raw:
        _export_raw(folder, formats or [FileFormat.parquet])
        return
    from warehouse.connect import connect  # noqa: PLC0415
    from warehouse.export import Format  # noqa: PLC0415
    from warehouse.export import export as write  # noqa: PLC0415

    with exit_on_error(), connect(read_settings().published_path, sealed=False) as con:
        chosen: list[Format] = [form.value for form in formats or [FileFormat.parquet]]
        with err.status("Writing"):
            written = list(write(con, Path(folder), chosen))
        size = sum(path.stat().st_size for path in written)
        out.print(plain(f"{len(written)} files, {size / 1e6:.1f} MB, in {Path(folder).resolve()}"))


def _export_mineral(mineral: str, folder: Path, formats: list[FileFormat]) -> None:
    if formats != [FileFormat.xlsx]:
        raise typer.BadParameter("A mineral is written as a workbook (xlsx) only.", param_hint="--format")
    from warehouse.connect import connect  # noqa: PLC0415
    from warehouse.workbook import write_mineral  # noqa: PLC0415

    with exit_on_error(), connect(read_settings().published_path) as con:
        with err.status("Writing"):
            path = write_mineral(con, mineral, folder)
        out.print(plain(f"{path.resolve()}, {path.stat().st_size / 1e6:.1f} MB"), soft_wrap=True)


def _export_raw(place: str, formats: list[FileFormat]) -> None:
    if formats != [FileFormat.parquet]:
        raise typer.BadParameter("The raw layer is written as Parquet only.", param_hint="--format")
    from orchestration.pipeline.writer import duckdb_limits, hold_writer_lock  # noqa: PLC0415
    from warehouse.exchange import hand_over  # noqa: PLC0415

    with exit_on_error():
        settings = read_settings()
        if not settings.raw_path.exists():
            raise FileNotFoundError(f"There is no {settings.raw_path} yet: run `minerals refresh` first.")
        with hold_writer_lock(settings, "export of the raw layer", err.print), err.status("Writing"):
            rows = dict(hand_over(settings.raw_path, place, duckdb_limits(settings)))
        out.print(plain(f"{len(rows)} raw tables, {sum(rows.values()):,} rows, in {place}/raw"))
