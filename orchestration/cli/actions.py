"""The commands that change something: refresh, export, brief, rollback, withdraw, ui."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error, exit_on_sigterm
from orchestration.cli.questions import chosen_sources
from orchestration.cli.render import err, out, plain
from orchestration.settings import PROJECT_ROOT, Settings, read_settings


class Layer(StrEnum):
    """Which tables an export writes."""

    published = "published"
    raw = "raw"


class FileFormat(StrEnum):
    """What an export writes."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


def refresh(
    offline: Annotated[
        bool, typer.Option("--offline", help="Contact no publisher: use archived vintages, else the starter.")
    ] = False,
    sources: Annotated[str, typer.Option("--sources", help="Only these sources, separated by commas.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Include heavy sources (hundreds of MB).")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild and publish even if nothing changed.")
    ] = False,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Fetch all periods that publishers revise; --all does so monthly."),
    ] = False,
) -> None:
    """Fetch what is new, rebuild, check, publish, and write the brief."""
    exit_on_sigterm()
    with exit_on_error():
        settings = read_settings()
        chosen = chosen_sources(sources)
        from orchestration.cli.refresh import RefreshFailedError, run_nightly_job  # noqa: PLC0415

        options = {
            "offline": offline or settings.offline,
            "include_heavy": everything,
            "force_rebuild": full,
            "sources": chosen,
            "wide_window": deep,
        }
        try:
            result = run_nightly_job(settings, options, out)
        except RefreshFailedError as failure:
            raise CommandFailedError(str(failure)) from None
        out.print(f"\n[bold]{result}[/bold]")
        _print_paths(settings)


def export(
    folder: Annotated[
        str | None,
        typer.Argument(help="Target folder, created if missing; with --mineral by default here."),
    ] = None,
    formats: Annotated[
        list[FileFormat] | None,
        typer.Option("--format", "-f", help="Format; repeat the option for several."),
    ] = None,
    layer: Annotated[
        Layer, typer.Option(help="raw: the input of Spark, as Parquet, in a folder or object store.")
    ] = Layer.published,
    mineral: Annotated[
        str | None, typer.Option("--mineral", help="One workbook of a mineral, by any of its names.")
    ] = None,
) -> None:
    """Write the published tables as Parquet, as CSV safe in spreadsheets, or the marts as a workbook.

    With --mineral, one workbook of that mineral: its sheet, its rows of every mart, units, notes, sources.
    """
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


def brief(
    sql: Annotated[
        bool,
        typer.Option("--sql", help="Install DuckDB for browsers with npm, so that `sql.html` answers SQL."),
    ] = False,
) -> None:
    """Write the brief again from the published warehouse and print where it is."""
    with exit_on_error():
        settings = read_settings()
        _require_publication(settings)
        with err.status("Writing"):
            from orchestration.brief import browser_sql, build  # noqa: PLC0415

            if sql:
                browser_sql.install(settings.brief_path.parent)
            page = build(settings.published_path, settings.brief_path.parent)
        out.print(plain(str(page)), soft_wrap=True)


def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="The publication to return to; by default the previous one.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only list the publications that are kept.")] = False,
) -> None:
    """Make an earlier publication the current one."""
    from warehouse import publications  # noqa: PLC0415

    with exit_on_error():
        settings = read_settings()
        if listed:
            now = publications.current(settings.home)
            for name in publications.publications(settings.home):
                out.print(f"{name}{'  (current)' if name == now else ''}")
            return
        from orchestration.pipeline.writer import hold_writer_lock  # noqa: PLC0415

        with hold_writer_lock(settings, "rollback", err.print):
            chosen = publications.rollback(settings.home, build_id)
        out.print(
            plain(
                f"{settings.published_path} is publication {chosen} again; close open connections to see it. "
                "The next refresh that finds a change publishes the newest figures again: "
                "`minerals withdraw` keeps a bad file out."
            )
        )


def withdraw(
    archive_id: Annotated[
        str, typer.Argument(help="The file's sha256 as in meta.archive, or its first characters.")
    ],
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept in the archive.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let it count again.")] = False,
) -> None:
    """Take a publisher's file out of force, such as one dropped in by mistake. Its bytes stay archived."""
    with exit_on_error():
        from orchestration.pipeline.sources import withdraw as take_out  # noqa: PLC0415

        done = take_out(read_settings(), archive_id, reason, undo=undo)
        out.print(plain(f"{done} Publish that with `minerals refresh --offline`."), soft_wrap=True)


def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    offline: Annotated[
        bool, typer.Option("--offline", help="Runs started from the UI or by schedule contact no publisher.")
    ] = False,
) -> None:
    """Serve Dagster's UI with its daemon: schedules run as long as it does. INT or TERM ends all of it."""
    from orchestration.cli.dagster_ui import serve  # noqa: PLC0415
    from orchestration.instance.home import activate  # noqa: PLC0415

    with exit_on_error():
        if offline:
            os.environ["MINERALS_OFFLINE"] = "true"
        activate(read_settings())
        dagster = str(Path(sys.executable).with_name("dagster"))
        ended = serve([dagster, "dev", "--host", "127.0.0.1", "--port", str(port)], PROJECT_ROOT)
        if ended:
            raise CommandFailedError(f"Dagster ended with code {ended}.")


def _require_publication(settings: Settings) -> None:
    if not settings.published_path.exists():
        raise FileNotFoundError(
            f"There is no warehouse at {settings.published_path} yet: run `minerals refresh` first."
        )


def _print_paths(settings: Settings) -> None:
    for name, path in (("warehouse", settings.published_path), ("brief", settings.brief_path)):
        if path.exists():
            out.print(plain(f"{name:<10} {path}"), soft_wrap=True)
