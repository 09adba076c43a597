"""The commands that only read: status, doctor, query, failures, explain, sources."""

import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.cli.exits import CommandFailedError, exit_on_error, exit_with
from orchestration.cli.render import OutputFormat, err, out, print_json, print_rows
from orchestration.settings import read_settings

FormatOption = Annotated[
    OutputFormat, typer.Option("--format", "-f", help="table for people, csv or json for scripts.")
]


def status(output: FormatOption = OutputFormat.table) -> None:
    """The status: each source and its age, failed checks, the last publication and what it changed."""
    from orchestration.cli.status import print_status, read_status  # noqa: PLC0415

    with exit_on_error():
        found = read_status(read_settings())
        if output is OutputFormat.json:
            print_json(found.as_dict())
        elif output is OutputFormat.csv:
            print_rows(found.source_columns, found.source_rows, output)
        else:
            print_status(found, out)


def doctor(
    sources: Annotated[str, typer.Option("--sources", help="Only these sources, separated by commas.")] = "",
    output: FormatOption = OutputFormat.table,
) -> None:
    """Send each publisher a minimal request: reachable, key, format of its answers, newest period.

    Ends with 1 if anything needs a person.
    """
    with exit_on_error():
        settings = read_settings()
        chosen = chosen_sources(sources)
        if settings.offline:
            raise CommandFailedError("MINERALS_OFFLINE is set, so no publisher is contacted: unset it first.")
        from orchestration.cli.doctor import (  # noqa: PLC0415
            COLUMNS,
            examine,
            needs_a_person,
            print_diagnoses,
        )

        with err.status("Asking the publishers"):
            found = examine(settings, chosen)
        if output is OutputFormat.table:
            print_diagnoses(found, out)
        else:
            print_rows(list(COLUMNS), [diagnosis.row() for diagnosis in found], output)
    if needs_a_person(found):
        raise typer.Exit(1)


def query(
    sql: Annotated[
        str, typer.Argument(help="An SQL statement, a file with one (.sql), or - for standard input.")
    ],
    output: FormatOption = OutputFormat.table,
    build: Annotated[
        bool, typer.Option("--build", help="Query the last build, even if refused, with raw and staging.")
    ] = False,
) -> None:
    """Query the published warehouse in SQL."""
    with exit_on_error(), _last_build() if build else published() as con:
        from warehouse.connect import fetch  # noqa: PLC0415

        print_rows(*fetch(con, _statement(sql)), output)


def failures(
    check: Annotated[str | None, typer.Argument(help="A check; all its rows are shown.")] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """What failed in the last build, published or not: rows, files, what to do; of one check every row."""
    from dataclasses import asdict  # noqa: PLC0415

    from orchestration.cli.status import print_failure  # noqa: PLC0415
    from orchestration.pipeline.failure_text import summary  # noqa: PLC0415
    from orchestration.pipeline.failures import all_rows, find  # noqa: PLC0415

    with exit_on_error():
        if check:
            print_rows(*all_rows(read_settings(), check), output)
            return
        settings = read_settings()
        if not settings.build_path.exists():
            raise LookupError(f"There is no build in {settings.home} yet: run `minerals refresh` first.")
        found = find(settings)
        if output is OutputFormat.json:
            print_json(asdict(found))
        elif output is OutputFormat.csv:
            columns = ["check_id", "table", "blocking", "rows_failing", "message"]
            rows = [
                (failure.check, failure.table, failure.blocking, failure.rows_failing, failure.message)
                for failure in found.failures
            ]
            print_rows(columns, rows, output)
        else:
            out.print(f"{summary(found)}.", highlight=False)
            for failure in found.failures:
                out.print()
                print_failure(failure, out)


def explain(
    mart: Annotated[str, typer.Argument(help="A mart, such as import_dependency.")],
    key: Annotated[
        list[str] | None, typer.Argument(help="Values of its key, such as USA cobalt 2024.")
    ] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """Trace a figure: its formula, the rows it is made from, and the publishers' files behind them."""
    from dataclasses import asdict  # noqa: PLC0415

    from warehouse.explain import explain as trace  # noqa: PLC0415

    with exit_on_error(), published() as con:
        explanation = trace(con, mart, key or [])
    if output is OutputFormat.table:
        from orchestration.cli.explanation import print_explanation  # noqa: PLC0415

        print_explanation(explanation, out)
    else:
        print_json(asdict(explanation))


def sources(output: FormatOption = OutputFormat.table) -> None:
    """Every source: what it is, how often it comes, its licence; how far its data goes and from where."""
    with exit_on_error():
        from orchestration.cli.status import (  # noqa: PLC0415
            last_outcome,
            period,
            print_source_facts,
            served_since,
        )
        from orchestration.pipeline.raw_layer import expected_next  # noqa: PLC0415
        from orchestration.pipeline.served import FROM  # noqa: PLC0415
        from orchestration.pipeline.sources import modules  # noqa: PLC0415

        columns = ["source_id", "title", "publisher", "cadence", "weight", "key", "licence", "homepage"]
        rows = []
        for source in (module.SOURCE for module in modules().values()):
            outcome = last_outcome(read_settings().outcomes_dir, source.id)
            newest = outcome.get("newest_period") and date.fromisoformat(outcome["newest_period"])
            data_to = period(newest, expected_next(source, newest))
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
                    FROM.get(outcome.get("mode", ""), ""),
                    served_since(outcome),
                )
            )
        columns += ["data_to", "served_from", "as_of"]
        if output is OutputFormat.table:
            print_source_facts([dict(zip(columns, row, strict=True)) for row in rows], out)
        else:
            print_rows(columns, rows, output)


def chosen_sources(listed: str) -> list[str]:
    """Source ids of an option; ends with 2 where there is no such source."""
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if names:
        from orchestration.pipeline.sources import modules  # noqa: PLC0415

        unknown = [name for name in names if name not in modules()]
        if unknown:
            exit_with(f"No source {', '.join(unknown)}; there are {', '.join(modules())}.", code=2)
    return names


def _statement(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    if re.fullmatch(r"\S+\.sql", argument):
        if not Path(argument).is_file():
            raise CommandFailedError(f"There is no file {argument}.")
        return Path(argument).read_text(encoding="utf-8")
    return argument


def published() -> Any:
    """A connection that reads the published file."""
    from warehouse.connect import connect  # noqa: PLC0415

    return connect(read_settings().published_path)


def _last_build() -> Any:
    from orchestration.pipeline.failures import open_build  # noqa: PLC0415

    return open_build(read_settings(), sealed=True)
