"""Results of the reliability runs, one row per test in `tests/RELIABILITY.md`.

A test counts its cases in a `CaseCount`, which pytest's reports carry (also from worker processes). A full
run replaces the rows of the tests that it ran and keeps the others.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "RELIABILITY.md"
ROW, CELL = "reliability_row", "reliability_cell"
COLUMNS = ("test", "cases", "survived", "lost", "command")
SUMMARY = "What was tried"

Tables = dict[str, dict[str, tuple[str, ...]]]
"""Title of a table -> first cell of a row -> the complete row; the key '' has the column names."""

INTRODUCTION = """# Reliability results

Written by `make reliability`, never by hand: a run replaces the rows of the tests it ran. CI runs a sample
of every kind (`pytest -m reliability`). *Lost* names what a case cost: a table,
an archived file, a partition, an answer.
"""


@dataclass
class CaseCount:
    """The cases of one test. A failed case ends the test, and the row says what failed."""

    test: str
    command: str
    cases: int = 0
    survived: int = 0
    lost: list[str] = field(default_factory=list)
    cells: list[tuple[str, str, str, str]] = field(default_factory=list)

    @contextmanager
    def case(self, name: str = "") -> Iterator[None]:
        """One case; it survives if the block raises no exception."""
        self.cases += 1
        try:
            yield
        except BaseException as error:
            self.lost.append(f"{name}: {_brief(error)}" if name else _brief(error))
            raise
        self.survived += 1

    def many(self, cases: int) -> None:
        """Add survived cases that the test counted."""
        self.cases += cases
        self.survived += cases

    def cell(self, table: str, row: str, column: str, text: str) -> None:
        """Set a cell of a separate table, by row and column."""
        self.cells.append((table, row, column, text))


class Report:
    """Pytest plugin of the main process: collects case counts and writes the page."""

    def __init__(self, page: Path | None) -> None:
        self._page = page
        self._rows: dict[str, list[tuple[str, int, int, str, str]]] = {}
        self._cells: dict[str, dict[str, dict[str, str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the case count of a test from the last of its reports."""
        if report.when != "teardown":
            return
        for name, noted in report.user_properties:
            if name == ROW:
                self._rows.setdefault(noted[0], []).append(tuple(noted))
            elif name == CELL:
                table, row, column, text = noted
                self._cells.setdefault(table, {}).setdefault(row, {})[column] = text

    def pytest_sessionfinish(self) -> None:
        """Update the page."""
        found = self.tables()
        if self._page and found:
            before = read(self._page.read_text()) if self._page.exists() else {}
            self._page.write_text(render(merged(of_today(before), found)))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the rows of the summary."""
        for row in self.tables().get(SUMMARY, {}).values():
            terminalreporter.write_line(" | ".join(row))

    def tables(self) -> Tables:
        """All counts as tables; tests of one name, such as the cases of a parameter, share a row."""
        if not self._rows:
            return {}
        summary = {"": COLUMNS} | {test: _summed(rows) for test, rows in sorted(self._rows.items())}
        return {SUMMARY: summary} | {table: _crossed(rows) for table, rows in self._cells.items()}


def of_today(tables: Tables, root: Path = PAGE.parents[1]) -> Tables:
    """The tables without the rows of tests that were removed or renamed."""
    rows = {test: row for test, row in tables.get(SUMMARY, {}).items() if not test or _stands(row, root)}
    return tables | {SUMMARY: rows}


def _stands(row: tuple[str, ...], root: Path) -> bool:
    found = re.search(r"ARGS='(.+)::(\w+)'", row[-1])
    if found is None or not (root / found[1]).is_file():
        return False
    parsed = ast.walk(ast.parse((root / found[1]).read_text()))
    tests = {one.name: ast.get_docstring(one) for one in parsed if isinstance(one, ast.FunctionDef)}
    return found[2] in tests and row[0] == display_name(found[2], tests[found[2]])


def display_name(function: str, docstring: str | None) -> str:
    """The display name of a test: the first line of its docstring, or else its name."""
    spoken = function.removeprefix("test_").replace("_", " ").capitalize()
    return (docstring or spoken).splitlines()[0].rstrip(".")


def merged(before: Tables, found: Tables) -> Tables:
    """The page's tables, with rows of the same name replaced by new ones."""
    titles = [*before, *(title for title in found if title not in before)]
    return {title: before.get(title, {}) | found.get(title, {}) for title in titles}


def render(tables: Tables) -> str:
    """The page as Markdown."""
    parts = [INTRODUCTION]
    for title, rows in tables.items():
        head = rows[""]
        body = [rows[name] for name in sorted(name for name in rows if name)]
        parts += [f"## {title}\n", _line(head), _line("---" for _ in head), *map(_line, body), ""]
    return "\n".join(parts).rstrip() + "\n"


def read(page: str) -> Tables:
    """Read the tables of a page that `render` wrote."""
    tables: Tables = {}
    rows: dict[str, tuple[str, ...]] = {}
    for line in page.splitlines():
        if line.startswith("## "):
            rows = tables.setdefault(line[3:], {})
        elif line.startswith("| ") and not line.startswith("| ---"):
            cells = tuple(cell.replace("\\|", "|") for cell in line[2:-2].split(" | "))
            rows[cells[0] if rows else ""] = cells
    return tables


def _summed(rows: Iterable[tuple[str, int, int, str, str]]) -> tuple[str, ...]:
    tests, cases, survived, lost, commands = zip(*rows, strict=True)
    listed_losses = "; ".join(dict.fromkeys(filter(None, lost))) or "nothing"
    return tests[0], f"{sum(cases):,}", f"{sum(survived):,}", listed_losses, f"`{commands[0]}`"


def _crossed(cells: dict[str, dict[str, str]]) -> dict[str, tuple[str, ...]]:
    columns = sorted({column for row in cells.values() for column in row})
    return {"": ("", *columns)} | {
        name: (name, *(row.get(column, "") for column in columns)) for name, row in cells.items()
    }


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _brief(error: BaseException) -> str:
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__} {first}"[:160]
