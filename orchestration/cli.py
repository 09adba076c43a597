"""The command line: `minerals refresh`, `status`, `query`, `explain` and the rest.

Heavy libraries are imported inside the commands that need them, so that a question starts at once.
Exit codes: 0 done, 1 failed, 2 misuse. An error is one sentence that says what to do.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from orchestration.settings import PROJECT_ROOT, VERSION, Settings, deny_others_writing, settings
from orchestration.terminal import plain

app = typer.Typer(
    name="minerals",
    help="The warehouse of record on North American critical minerals: refresh, ask, trace its figures.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog='First steps: `minerals refresh`, then `minerals query "from marts.import_dependency limit 5"`.',
)
out = Console()
err = Console(stderr=True)


class Shape(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"


class Layer(StrEnum):
    """Which tables an export writes."""

    published = "published"
    raw = "raw"


class FileFormat(StrEnum):
    """What an export writes."""

    parquet = "parquet"
    csv = "csv"
    xlsx = "xlsx"


AsShape = Annotated[Shape, typer.Option("--format", "-f", help="table for people, csv or json for scripts.")]


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", is_eager=True)
    ] = False,
) -> None:
    """Options of every command."""
    deny_others_writing()
    if version:
        out.print(VERSION)
        raise typer.Exit


@app.command()
def refresh(
    offline: Annotated[
        bool, typer.Option("--offline", help="Try no network: archived vintages, else starter.")
    ] = False,
    sources: Annotated[str, typer.Option("--sources", help="Ask only these, separated by commas.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Ask the heavy sources too (hundreds of MB).")
    ] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild and publish even where nothing changed.")
    ] = False,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Ask for all the past that is revised; --all does so once a month."),
    ] = False,
) -> None:
    """Fetch what is new, rebuild, check, publish, and write the brief."""
    _end_on_sigterm()
    with _failing():
        config = settings()
        only = _named_sources(sources)
        from orchestration.refreshing import RefreshFailedError, run  # noqa: PLC0415

        options = {
            "offline": offline or config.offline,
            "heavy": everything,
            "full": full,
            "only": only,
            "deep": deep,
        }
        try:
            ended = run(config, options | {"deep": deep}, out)
        except RefreshFailedError as failure:
            raise _Failed(str(failure)) from None
        out.print(f"\n[bold]{ended}[/bold]")
        _where(config)


@app.command()
def status(shape: AsShape = Shape.table) -> None:
    """The morning look: each source and its age, failed checks, the last publication and what it changed."""
    from orchestration import standing  # noqa: PLC0415

    with _failing():
        seen = standing.look(settings())
        if shape is Shape.json:
            _json(seen.as_dict())
        elif shape is Shape.csv:
            _rows(seen.source_columns, seen.source_rows, shape)
        else:
            standing.show(seen, out)


@app.command()
def doctor(
    sources: Annotated[str, typer.Option("--sources", help="Ask only these, separated by commas.")] = "",
    shape: AsShape = Shape.table,
) -> None:
    """Ask each publisher the least there is: reached, key, shape of its answers, newest period.

    Ends with 1 if anything needs a person.
    """
    with _failing():
        config = settings()
        only = _named_sources(sources)
        if config.offline:
            raise _Failed("MINERALS_OFFLINE is set, so no publisher is asked: unset it first.")
        from orchestration import doctor as room  # noqa: PLC0415

        with err.status("Asking the publishers"):
            found = room.examine(config, only)
        if shape is Shape.table:
            room.show(found, out)
        else:
            _rows(list(room.COLUMNS), [diagnosis.row() for diagnosis in found], shape)
    if room.needs_a_person(found):
        raise typer.Exit(1)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement, or - to read it from standard input.")],
    shape: AsShape = Shape.table,
    build: Annotated[
        bool, typer.Option("--build", help="Ask the last build, refused or not, raw and staging too.")
    ] = False,
) -> None:
    """Ask the published warehouse in SQL."""
    with _failing(), _last_build() if build else _published() as con:
        answer = con.execute(sys.stdin.read() if sql == "-" else sql)
        columns = [column[0] for column in answer.description or []]
        _rows(columns, answer.fetchall(), shape)


@app.command("failures")
def failed(
    check: Annotated[str | None, typer.Argument(help="A check; all its rows are shown.")] = None,
    shape: AsShape = Shape.table,
) -> None:
    """What failed in the last build, published or not: rows, files, what to do; of one check every row."""
    from orchestration import failures  # noqa: PLC0415

    with _failing():
        if check:
            _rows(*failures.all_rows(settings(), check), shape)
            return
        found = failures.find(settings())
        if shape is Shape.json:
            from dataclasses import asdict  # noqa: PLC0415

            _json(asdict(found))
        elif shape is Shape.csv:
            columns = ["check_id", "table", "blocking", "rows_failing", "message"]
            one = [
                (each.check, each.table, each.blocking, each.rows_failing, each.message)
                for each in found.failures
            ]
            _rows(columns, one, shape)
        else:
            from orchestration.standing import show_failure  # noqa: PLC0415

            out.print(f"{failures.summary(found)}.", highlight=False)
            for failure in found.failures:
                out.print()
                show_failure(failure, out)


@app.command()
def explain(
    mart: Annotated[str, typer.Argument(help="A mart, such as import_dependency.")],
    key: Annotated[
        list[str] | None, typer.Argument(help="Values of its key, such as USA cobalt 2024.")
    ] = None,
    shape: AsShape = Shape.table,
) -> None:
    """Trace a figure: its formula, the rows it is made from, and the publishers' files behind them."""
    from dataclasses import asdict  # noqa: PLC0415

    from warehouse.explain import explain as trace  # noqa: PLC0415

    with _failing(), _published() as con:
        explanation = trace(con, mart, key or [])
    if shape is Shape.table:
        from orchestration.standing import show_explanation  # noqa: PLC0415

        show_explanation(explanation, out)
    else:
        _json(asdict(explanation))


@app.command()
def export(
    folder: Annotated[str, typer.Argument(help="Where the files go; made if need be.")],
    formats: Annotated[
        list[FileFormat] | None,
        typer.Option("--format", "-f", help="Which to write; give it again for more."),
    ] = None,
    layer: Annotated[
        Layer, typer.Option(help="raw: what Spark reads, as Parquet, below a folder or object store URL.")
    ] = Layer.published,
) -> None:
    """Write the published tables as Parquet, as CSV safe in spreadsheets, or the marts as a workbook."""
    if layer is Layer.raw:
        _export_raw(folder, formats or [FileFormat.parquet])
        return
    from warehouse.connect import connect  # noqa: PLC0415
    from warehouse.export import Format  # noqa: PLC0415
    from warehouse.export import export as write  # noqa: PLC0415

    with _failing(), connect(settings().published_path, sealed=False) as con:
        chosen: list[Format] = [form.value for form in formats or [FileFormat.parquet]]
        with err.status("Writing"):
            written = list(write(con, Path(folder), chosen))
        size = sum(path.stat().st_size for path in written)
        out.print(plain(f"{len(written)} files, {size / 1e6:.1f} MB, in {Path(folder).resolve()}"))


def _export_raw(place: str, formats: list[FileFormat]) -> None:
    if formats != [FileFormat.parquet]:
        raise typer.BadParameter("The raw layer is written as Parquet only.", param_hint="--format")
    from orchestration.writer import engine, writing  # noqa: PLC0415
    from warehouse.exchange import hand_over  # noqa: PLC0415

    with _failing():
        config = settings()
        if not config.raw_path.exists():
            raise FileNotFoundError(f"There is no {config.raw_path} yet: run `minerals refresh` first.")
        with writing(config, "export of the raw layer", err.print), err.status("Writing"):
            rows = dict(hand_over(config.raw_path, place, engine(config)))
        out.print(plain(f"{len(rows)} raw tables, {sum(rows.values()):,} rows, in {place}/raw"))


@app.command()
def brief() -> None:
    """Write the brief anew from the published warehouse and say where it is."""
    with _failing():
        config = settings()
        _must_be_published(config)
        with err.status("Drawing"):
            from orchestration.brief import build  # noqa: PLC0415

            page = build(config.published_path, config.brief_path.parent)
        out.print(plain(str(page)), soft_wrap=True)


@app.command()
def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="The publication to go back to; else the one before.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Only show the publications kept.")] = False,
) -> None:
    """Make an earlier publication the current one."""
    from warehouse import publish  # noqa: PLC0415

    with _failing():
        config = settings()
        if listed:
            now = publish.current(config.home)
            for name in publish.publications(config.home):
                out.print(f"{name}{'  (current)' if name == now else ''}")
            return
        from orchestration.writer import writing  # noqa: PLC0415

        with writing(config, "rollback", err.print):
            chosen = publish.rollback(config.home, build_id)
        out.print(
            plain(f"{config.published_path} is publication {chosen} again; close open connections to see it.")
        )


@app.command()
def withdraw(
    archive_id: Annotated[
        str, typer.Argument(help="The file's sha256 as in meta.archive; its beginning does.")
    ],
    reason: Annotated[str | None, typer.Option("--reason", help="Why; kept in the archive.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let it count again.")] = False,
) -> None:
    """Take a publisher's file out of force, such as one dropped in by mistake. Its bytes stay archived."""
    with _failing():
        from orchestration.sources import withdraw as take_out  # noqa: PLC0415

        done = take_out(settings(), archive_id, reason, undo=undo)
        out.print(plain(f"{done} Publish that with `minerals refresh --offline`."), soft_wrap=True)


@app.command()
def sources(shape: AsShape = Shape.table) -> None:
    """Every source: what it is, how often it comes, its licence; how far its data goes and from where."""
    with _failing():
        from orchestration import standing  # noqa: PLC0415
        from orchestration.landing import expected_next  # noqa: PLC0415
        from orchestration.served import FROM  # noqa: PLC0415
        from orchestration.sources import modules  # noqa: PLC0415

        columns = ["source_id", "title", "publisher", "cadence", "weight", "key", "licence", "homepage"]
        rows = []
        for source in (module.SOURCE for module in modules().values()):
            visit = standing.visited(settings().outcomes_dir, source.id)
            newest = visit.get("newest_period") and date.fromisoformat(visit["newest_period"])
            data_to = standing.period(newest, expected_next(source, newest))
            rows.append(
                (
                    source.id,
                    source.title,
                    source.publisher,
                    source.cadence,
                    "heavy" if source.heavy else "light",
                    source.key_env or "",
                    source.licence,
                    source.homepage,
                    data_to,
                    FROM.get(visit.get("mode", ""), ""),
                    standing.since(visit),
                )
            )
        columns += ["data_to", "served_from", "as_of"]
        if shape is Shape.table:
            standing.show_source_facts([dict(zip(columns, row, strict=True)) for row in rows], out)
        else:
            _rows(columns, rows, shape)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
    offline: Annotated[
        bool, typer.Option("--offline", help="Runs started from the UI or by schedule try no network.")
    ] = False,
) -> None:
    """Serve Dagster's UI with its daemon: schedules run as long as it does. INT or TERM ends all of it."""
    from orchestration.instance import activate  # noqa: PLC0415
    from orchestration.serving import serve  # noqa: PLC0415

    with _failing():
        if offline:
            os.environ["MINERALS_OFFLINE"] = "true"
        activate(settings())
        dagster = str(Path(sys.executable).with_name("dagster"))
        ended = serve([dagster, "dev", "--host", "127.0.0.1", "--port", str(port)], PROJECT_ROOT)
        if ended:
            raise _Failed(f"Dagster ended with code {ended}.")


class _Failed(Exception):  # noqa: N818
    """A failure already told in one sentence."""


@contextmanager
def _failing() -> Iterator[None]:
    """Turn what can go wrong into one sentence on stderr and exit code 1."""
    import duckdb  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        yield
    except typer.Exit:
        raise
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        _end(f"The setting MINERALS_{name} is wrong: {first['msg']}.", code=2)
    except duckdb.Error as error:
        _end(str(error).strip().split("\n\n")[0].replace("\n", " "))
    except (_Failed, LookupError, OSError, RuntimeError) as error:
        _end(str(error.args[0] if isinstance(error, LookupError) and error.args else error))
    except KeyboardInterrupt:
        _stop()


def _end_on_sigterm() -> None:
    """Have SIGTERM end this process at once, whatever it waits for.

    Nothing is lost: files and tables are written whole or not at all, as in a crash. Dagster's and dbt's
    own handlers wait for steps and threads, so a thread hears of the signal beside them. It is not blocked,
    for the programs that a refresh starts would inherit that, and could not be ended. A step's standard
    error goes to Dagster's log of it, so the terminal's is kept.
    """
    terminal = os.dup(2)
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)

    def wait() -> None:
        while os.read(heard, 1) != bytes([signal.SIGTERM]):
            pass
        _stop(terminal)

    threading.Thread(target=wait, daemon=True, name="sigterm").start()


def _stop(terminal: int = 2) -> NoReturn:
    """Say so and end, dbt's process too, without waiting for threads that wait for publishers."""
    for child in Path("/proc/self/task").glob("*/children"):
        for pid in child.read_text().split():
            os.kill(int(pid), signal.SIGKILL)
    sys.stdout.flush()
    os.write(terminal, b"Stopped. What was published before still stands.\n")
    os._exit(1)


def _end(sentence: str, code: int = 1) -> None:
    from orchestration.tables import wrapped  # noqa: PLC0415

    for line in sentence.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        err.print(plain(wrapped(line, err, indent, "      " if indent else ""), "red"), soft_wrap=True)
    raise typer.Exit(code)


def _named_sources(listed: str) -> list[str]:
    """Source ids of an option; ends with 2 where there is no such source."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if names:
        from orchestration.sources import modules  # noqa: PLC0415

        unknown = [name for name in names if name not in modules()]
        if unknown:
            _end(f"No source {', '.join(unknown)}; there are {', '.join(modules())}.", code=2)
    return names


def _must_be_published(config: Settings) -> None:
    if not config.published_path.exists():
        raise FileNotFoundError(
            f"There is no warehouse at {config.published_path} yet: run `minerals refresh` first."
        )


def _published() -> Any:
    from warehouse.connect import connect  # noqa: PLC0415

    return connect(settings().published_path)


def _last_build() -> Any:
    from orchestration.failures import open_build  # noqa: PLC0415

    return open_build(settings(), sealed=True)


def _where(config: Settings) -> None:
    for name, path in (("warehouse", config.published_path), ("brief", config.brief_path)):
        if path.exists():
            out.print(plain(f"{name:<10} {path}"), soft_wrap=True)


def _rows(columns: list[str], rows: list[tuple[Any, ...]], shape: Shape) -> None:
    """Write an answer to standard output; a table shows as many rows as a person reads."""
    if shape is Shape.json:
        _json([dict(zip(columns, row, strict=True)) for row in rows])
    elif shape is Shape.csv:
        import csv  # noqa: PLC0415

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        from orchestration.tables import lay  # noqa: PLC0415

        lay(columns, rows, out)


def _json(content: Any) -> None:
    sys.stdout.write(json.dumps(content, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)
