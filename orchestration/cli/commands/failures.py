"""`minerals failures`: the failures of the last build."""

from typing import Annotated

import typer

from orchestration.cli.exits import exit_on_error
from orchestration.cli.options import FormatOption
from orchestration.cli.render import OutputFormat, out, plain, print_json, print_rows, wrapped
from orchestration.settings import read_settings


def failures(
    check: Annotated[str | None, typer.Argument(help="A check; all its rows are shown.")] = None,
    output: FormatOption = OutputFormat.table,
) -> None:
    """What failed in the last refresh: files, and checks with rows and remedies; every row of one check.

    Exits with 1 if a blocking check failed, for use in scripts.
    """
    from dataclasses import asdict  # noqa: PLC0415

    from orchestration.cli.status import print_failure  # noqa: PLC0415
    from orchestration.pipeline.failure_text import summary  # noqa: PLC0415
    from orchestration.pipeline.failures import all_rows, find  # noqa: PLC0415
    from orchestration.pipeline.sources import problems  # noqa: PLC0415

    with exit_on_error():
        if check:
            print_rows(*all_rows(read_settings(), check), output)
            return
        settings = read_settings()
        if not settings.build_path.exists():
            raise LookupError(f"There is no build in {settings.home} yet: run `minerals refresh` first.")
        found = find(settings)
        if output is OutputFormat.json:
            print_json(asdict(found) | {"sources": problems(settings)})
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
            if sources := problems(settings):
                out.print("\nNot fetched or not accepted in the last refresh:", highlight=False)
            for source_id, sentences in sources.items():
                for sentence in sentences:
                    out.print(plain(wrapped(f"{source_id}: {sentence}", out, "  ")), soft_wrap=True)
        if any(failure.blocking for failure in found.failures):
            raise typer.Exit(1)
