"""`minerals ask`: answer a question of the query book, or one in your own words."""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.commands.changes import changes
from orchestration.cli.exits import CommandFailedError, exit_on_error, exit_with
from orchestration.cli.first_rows import print_first
from orchestration.cli.options import FormatOption, published
from orchestration.cli.render import (
    SHOWN_ROWS,
    OutputFormat,
    measured,
    out,
    plain,
    print_in_words,
    print_json,
    print_rows,
    without_codes,
    wrapped,
)
from warehouse.units import heading

if TYPE_CHECKING:
    import duckdb

    from warehouse.answers import Near, NoReply, Reply
    from warehouse.first_lines import FirstLine
    from warehouse.sheet import Subject

_COLUMN = re.compile(r"(?<![.\w])[a-z][a-z0-9]*_\w+")
"""Names of columns and codes, without tables, which have a schema before them."""

_SENTENCE_END = re.compile(r"(?<=[.])\s+(?=[A-Za-z])")
_PART_END = re.compile(r"([;:] )")

_OF_LOSS = {
    "tried_share_low": "under_all_assumptions_share_low",
    "tried_share_high": "under_all_assumptions_share_high",
}
"""Columns of the answer on a lost supplier that are named for programs, and their names for people."""

MOST_NAMED = 3
"""Maximum number of publishers that are named behind the sentence of a near answer."""
LINES = 40
"""Maximum number of lines that an answer takes on a terminal."""
ENDING = 2
"""Maximum number of lines for the command that shows all rows."""
LEAST = 8
"""Minimum number of lines for the rows, however long the notes are."""
GIST = 6
"""Number of figures shown of a first row."""
FIRST = 20
"""Maximum number of rows of an answer that are shown without `--all`."""


def ask(
    question: Annotated[
        list[str] | None,
        typer.Argument(help="Number of a question, or words of your own; by default all are listed."),
    ] = None,
    output: FormatOption = OutputFormat.table,
    whole: Annotated[
        bool, typer.Option("--all", help="All rows and columns; by default the first are shown.")
    ] = False,
) -> None:
    """Answer a question of the query book by its number, or one in words of your own.

    An answer is filtered by what the words name; if none clearly fits, the nearest questions are listed.
    A long answer shows its first rows, at most 20, on a terminal and in a pipe; CSV and JSON always have all.
    """
    from warehouse.answers import NoReply, reply  # noqa: PLC0415
    from warehouse.asking.languages import language_of  # noqa: PLC0415
    from warehouse.book import questions  # noqa: PLC0415
    from warehouse.sheet import data_to  # noqa: PLC0415

    with exit_on_error():
        words = " ".join(question or ()).strip()
        if not words:
            print_rows(["question", "text"], [(one.number, one.text) for one in questions()], output)
            return
        with published() as con:
            found, language = reply(con, words), language_of(words)
            if isinstance(found, NoReply):
                _refuse(found, language)
            elif found.name == "changes":
                changes(output)
            elif output is OutputFormat.table:
                # any other answer has periods of its own, which are often older than the newest data
                reach = data_to(con) if found.name in ("age", "sheet") and not found.narrowed else ""
                reach = _in_language(con, language, reach)
                _print(found, reach, words, _translated(con, language, found), whole=whole)
            elif len(found.tables) == 1:
                print_rows(found.tables[0].columns, found.tables[0].rows, output)
            elif output is OutputFormat.json:
                print_json(
                    {
                        one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows]
                        for one in found.tables
                    }
                )
            else:
                raise CommandFailedError("One CSV cannot hold several tables: use `--format json`.")


def _print(found: "Reply", reach: str, words: str, translated: str | None, *, whole: bool) -> None:
    from warehouse.asking.languages import frame_in, language_of  # noqa: PLC0415

    language = language_of(words)
    framed = partial(frame_in, language)
    above = [plain(wrapped(text, out), "bold") for text in _titles(found, language, framed, translated)]
    if found.narrowed:
        above.append(plain(wrapped(f"{framed('Narrowed to')}: {', '.join(found.narrowed)}", out)))
    above += [plain(wrapped(note, out), "bold") for note in found.not_shown]
    if found.first:
        first = replace(found.first, sentence=translated) if translated else found.first
        above += [plain(wrapped(text, out), style) for text, style in _first_lines(first, framed)]
    if reach:
        above.append(plain(wrapped(reach, out), "dim"))
    is_begun = bool(found.first and found.first.columns) and len(found.tables) == 1 and not whole
    notes = [note for note in found.notes if note not in found.not_shown]
    if is_begun and found.first:
        notes = list(filter(None, (_of_shown(note, found.first.columns, found.tables[0]) for note in notes)))
    below = [plain(wrapped(_with_headings(note), out)) for note in notes]
    below += [
        plain(wrapped(f"{framed('Or did you mean')} {one.command}: {one.text}", out), "dim")
        for one in found.near
    ]
    for text in above:
        out.print(text, soft_wrap=True)
    for table in map(_plain, found.tables):
        if len(found.tables) > 1:
            out.print()
            out.print(plain(wrapped(table.title, out), "bold"), soft_wrap=True)
        if found.first and is_begun:
            taken = sum(text.plain.count("\n") + 1 for text in [*above, *below])
            _print_first(found.first, table, _quoted(words), LINES - taken, framed)
        elif table.rows:
            print_in_words(table.columns, table.rows, out, None if whole else SHOWN_ROWS)
        elif len(found.tables) > 1:
            out.print(table.without_rows, highlight=False)
    for text in below:
        out.print(text, soft_wrap=True)


def _of_shown(note: str, shown: Sequence[str], table: "Subject") -> str:
    """A note without what it says of columns that are left out of the table.

    These are sentences that begin with the name of such a column, and all of a sentence from a part that
    begins with it, after a semicolon or a colon.
    """

    def is_left_out(text: str) -> bool:
        name = text.partition(" ")[0].strip(".,;:")
        is_column = "_" in name and any(column.startswith(name) for column in table.columns)
        return is_column and not any(column.startswith(name) for column in shown)

    kept = []
    for sentence in _SENTENCE_END.split(note):
        if is_left_out(sentence):
            continue
        parts = _PART_END.split(sentence)
        begun = parts[0]
        for mark, part in zip(parts[1::2], parts[2::2], strict=True):
            if is_left_out(part):
                begun = begun.rstrip(".") + "."
                break
            begun += mark + part
        kept.append(begun)
    return " ".join(kept)


def _in_language(con: "duckdb.DuckDBPyConnection", language: str, text: str) -> str:
    """One of the brief's texts in a language."""
    if language == "en":
        return text
    from orchestration.brief.languages import Language, names  # noqa: PLC0415  (loads Babel)

    return Language(language, names(con))(text)


def _translated(con: "duckdb.DuckDBPyConnection", language: str, found: "Reply") -> str | None:
    """The first sentence of an answer on a mineral in Spanish or French; None if it is not translated."""
    if language == "en" or found.name.isdigit() or not found.first:
        return None
    from orchestration.brief.languages import Language, names  # noqa: PLC0415  (loads Babel)
    from warehouse.asking.languages import sentences  # noqa: PLC0415

    return Language(language, names(con), sentences()).clauses(found.first.sentence)


def _quoted(words: str) -> str:
    """Words as they are typed into a shell, in double quotes if they contain an apostrophe."""
    return f'"{words}"' if "'" in words and not set(words) & set('"$`\\!') else shlex.quote(words)


def _plain(table: "Subject") -> "Subject":
    """The answer on a lost supplier without its marks for programs; CSV and JSON have them."""
    if table.name != "without":
        return table
    kept = [at for at, name in enumerate(table.columns) if not name.startswith("is_")]
    return replace(
        table,
        columns=[_OF_LOSS.get(table.columns[at], table.columns[at]) for at in kept],
        rows=[[row[at] for at in kept] for row in table.rows],
    )


def _titles(found: "Reply", language: str, framed: Callable[[str], str], translated: str | None) -> list[str]:
    """The question that is answered, in the language of the words; below it in English if that differs."""
    part = "The rest of the answer" if translated else "The answer"
    number = f"{framed('Question')} {found.name}: " if found.name.isdigit() else ""
    title = _title_in(language, found.name)
    if not title:
        return [f"{number}{found.text}"]
    return [
        f"{number}{title}",
        f"{framed(f'{part} is in English; the question in English')}: {found.text}",
    ]


def _title_in(language: str, name: str) -> str | None:
    """The title of an answer in Spanish or French; the subjects of a sheet have those of the fact sheets."""
    if language == "en":
        return None
    from orchestration.brief.languages import labels  # noqa: PLC0415  (loads Babel)
    from warehouse.asking.languages import title_in  # noqa: PLC0415

    return title_in(language, name) or labels().get(name, {}).get(language)


def _with_headings(note: str) -> str:
    """A note with the names of columns in words, as the table is headed; commands and tables are as typed."""
    parts = note.split("`")
    return "`".join(
        part if at % 2 else _COLUMN.sub(lambda name: heading(name[0]), part) for at, part in enumerate(parts)
    )


def _first_lines(first: "FirstLine", framed: Callable[[str], str]) -> list[tuple[str, str]]:
    """The first row in words, its sources, and the remarks on it."""
    sources = f"{framed('Sources')}: {first.sources}." if first.sources else ""
    if first.of_first_row and first.of_further_rows:
        further = f"{framed('Of further rows also')}: {first.of_further_rows}."
        sources = f"{framed('Sources')}: {first.of_first_row}. {further}"
    remarks = " ".join(f"{one}." for one in first.remarks)
    lines = [
        (first.sentence, "bold green"),
        (sources, ""),
        (f"{framed('On the first row')}: {remarks}" if remarks else "", ""),
    ]
    return [(text, style) for text, style in lines if text]


def _print_first(
    first: "FirstLine", table: "Subject", words: str, lines: int, framed: Callable[[str], str]
) -> None:
    """Print the first rows of the most important columns, and the command that shows all."""
    if out.is_terminal:
        shown, kept = print_first(first.columns, first.rows[:FIRST], out, max(lines - ENDING, LEAST))
    else:
        shown, kept = len(first.rows[:FIRST]), len(first.columns)
        print_in_words(first.columns, first.rows[:FIRST], out)
    columns = without_codes(table.columns, [])[0]
    if shown < len(table.rows) or kept < len(columns):
        of = framed("of")
        of_rows = f"{shown} {of} {len(table.rows):,} {framed('rows')}"
        counted = f"{of_rows}, {kept} {of} {len(columns)} {framed('columns')}"
        out.print(
            plain(wrapped(f"{counted}; {framed('all')}: minerals ask {words} --all", out), "dim"),
            soft_wrap=True,
        )


def _gist(near: "Near") -> list[str]:
    """The first row of an answer on one line, with units."""
    columns, rows = without_codes(near.columns, [near.row])
    filled = [
        f"{heading(name)} {text}"
        for name, value in zip(columns, *rows, strict=True)
        if (text := measured(value, name))
    ]
    return [f"    first row: {', '.join(filled[:GIST])}"] if near.columns else []


def _refuse(found: "NoReply", language: str) -> None:
    """Say why no answer is given, and what the nearest answers say."""
    from warehouse.asking.languages import frame_in  # noqa: PLC0415

    why = found.why
    for words in ("Not understood", "No answer clearly fits", "the nearest:"):
        why = why.replace(words, frame_in(language, words))
    lines = [why]
    for one in found.nearest:
        title = _title_in(language, one.candidate.answer) or one.text
        publishers = one.sources.split("; ")
        more = f"; +{len(publishers) - MOST_NAMED}" if len(publishers) > MOST_NAMED else ""
        named = f"{frame_in(language, 'Sources')}: {'; '.join(publishers[:MOST_NAMED])}{more}"
        sources = f" ({named})" if one.sources else ""
        beginning = [f"    {one.sentence}{sources}"] if one.sentence else _gist(one)
        lines += [f"  {one.command}: {title}", *beginning]
    exit_with("\n".join([*lines, "`minerals ask` lists all questions; `minerals show` all of one mineral."]))
