"""Failures of a build as text: what failed, which rows and files, and the remedy."""

from collections.abc import Sequence

from orchestration.pipeline.failures import FILE_COLUMNS, Failure, File, Found, Row

ID_SHOWN = 12
"""Number of characters of a file's sha256 that are shown, enough for `minerals withdraw`."""


def lines(failure: Failure) -> list[str]:
    """A failure as lines of text: check, rows, files and remedy."""
    counted = (
        f"{failure.rows_failing:,} row{'s' if failure.rows_failing != 1 else ''}. " if failure.rows else ""
    )
    text = [f"{failure.check} on {failure.table}: {counted}{failure.message}"]
    text += [f"    row   {row_text(row)}" for row in failure.rows]
    text += [f"    file  {file_text(file)}" for file in failure.files]
    return text + [f"    do    {advice}" for advice in what_to_do(failure)]


def summary(found: Found) -> str:
    """The numbers of failed and skipped checks and tables, in one sentence."""
    blocking = sum(failure.blocking for failure in found.failures)
    warning = len(found.failures) - blocking
    skipped = len(found.skipped_checks), len(found.skipped_tables)
    failed = _count(blocking, "check or table", "checks or tables") if blocking else "No check or table"
    counts = f"{failed} failed"
    if any(skipped):
        counts += (
            f", so {_count(skipped[0], 'check')} and {_count(skipped[1], 'table')} downstream were skipped"
        )
    return counts + (f"; {_count(warning, 'check warns', 'checks warn')}" if warning else "")


def row_text(row: Row) -> str:
    """A row as ``column value`` pairs; file ids are left to the lines about files."""
    return ", ".join(
        f"{name} {'(empty)' if value is None else value}"
        for name, value in row.items()
        if name not in FILE_COLUMNS
    )


def file_text(file: File) -> str:
    """A file by name, source and origin."""
    came = f"dropped in, {file.path or 'gone from the folder'}" if file.mode == "drop_in" else file.mode
    doubt = "" if file.is_certain else "; the rows name the source only, this is one of its newest files"
    return f"{file.name} of {file.source_id}, vintage {file.vintage} ({came}){doubt}"


def what_to_do(failure: Failure) -> list[str]:
    """The remedy as commands and steps; works with or without a publication."""
    advice = []
    withdraw = {file: f"`minerals withdraw {file.archive_id[:ID_SHOWN]}`" for file in failure.files}
    if failure.rows:
        advice.append(f"`minerals failures {failure.check}` shows every row in the last build")
    for file in failure.files:
        if file.mode == "drop_in":
            advice.append(
                f"if {file.name} is wrong: replace it by a correct file, or remove it from drop_in/ and "
                f"run {withdraw[file]}; then refresh"
            )
        elif file.mode != "starter":
            advice.append(f"if the publisher's file is wrong: {withdraw[file]}, then refresh")
    if failure.kind == "unit_test":
        advice.append(f"`make model M={failure.check}` runs it again")
    elif failure.kind == "model":
        advice.append(
            f"`make model M={failure.check}` builds it again; `refresh.log` in the home has the full output"
        )
    if failure.seeds:
        advice.append(f"if a code is new: add it to {' or '.join(failure.seeds)}, then refresh")
    if failure.may_be_misprint:
        advice.append("if the publisher misprinted a figure: correct it in dbt_project/seeds/corrections.csv")
    return advice


def markdown(rows: Sequence[Row]) -> str:
    """Rows as a Markdown table for the UI."""
    from warehouse.diff import markdown_text  # noqa: PLC0415

    head = list(rows[0])
    body = [f"| {' | '.join(markdown_text((row[name] or '')[:60]) for name in head)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body])


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
