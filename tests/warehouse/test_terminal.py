"""Every command on pseudo-terminals of four widths, and piped: no figure is split, no word is broken."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_group

from orchestration.cli.app import app
from tests.terminal import on_a_terminal, without_control
from warehouse.book import questions

WIDTHS = [60, 80, 120, 200]
WIDEST = 2000
"""Width at which no line of an answer is broken and no column is left out."""
_NAMES_BROKEN_AT = "_"
"""In the first rows of an answer, column names are in words."""
_COUNTED = re.compile(r"\d+\s+of\s+[\d,]+\s+rows,\s+\d+\s+of\s+\d+\s+columns;\s+all:[\w\s'/]+--all")
"""The numbers of rows and columns shown, which fall with the width of the window."""
ANSWERS = [
    ["status"],
    ["sources"],
    ["find", "galio"],
    ["find", "8505.11"],
    ["show", "cobalt"],
    ["show", "rare_earths"],
    ["show", "graphite", "--over-years"],
    ["find", "IEEPA"],
    ["find", "Indonesia"],
    ["ask", "China's share of US graphite imports since 2015"],
    ["compare", "graphite_natural"],
    ["duty", "graphite", "batteries"],
    ["ask"],
    ["ask", "3"],
    ["ask", "25"],
    ["ask", "24", "--all"],
    ["ask", "4", "gallium"],
    ["ask", "10"],
    ["ask", "gallium", "price"],
    ["ask", "how", "old", "are", "these", "figures"],
    ["ask", "cobalt", "projects", "in", "Canada"],
    ["ask", "who", "supplies", "gallium"],
    ["ask", "potash without Canada for 90 days"],
    ["ask", "without", "gallium", "China", "--all"],
    ["ask", "a floor of 600 USD/kg on gallium"],
    ["ask", "china", "graphite", "and", "gallium"],
    ["query", "15"],
    ["changes"],
    ["query", "from marts.import_dependency where is_recommended limit 5"],
    ["query", "from marts.price_floor where landed_usd_per_kg is not null limit 5"],
    ["query", "from meta.coverage where reason is not null limit 5"],
    ["query", "from duty_on('8507.60.00', 'China', date '2026-05-01')"],
    ["explain", "import_dependency", "USA", "cobalt", "2024"],
    ["rollback", "--list"],
]
REFUSALS = [
    [],
    ["no-such-command"],
    ["failures", "no_such_check"],
    ["failures"],
    ["doctor"],
    ["doctor", "--sources", "atlantis"],
    ["find", "unobtainium"],
    ["show", "unobtainium"],
    ["show"],
    ["compare", "scandium"],
    ["ask", "unheard of"],
    ["ask", "unobtainium", "price"],
    ["query", "selec 1"],
    ["query", "nowhere.sql"],
    ["explain", "atlantis"],
    ["explain", "import_dependency", "USA", "unobtainium"],
    ["export"],
    ["export", "--mineral", "unobtainium", "--format", "csv"],
    ["rollback", "20200101T000000Z"],
    ["withdraw", "0123456789abcdef"],
    ["serve", "--port", "99999999"],
    ["release", "one", "releases"],
]
HELP = [["--help"], *([name, "--help"] for name in get_group(app).commands)]
_MANY = """
import fcntl, json, struct, sys, termios
from orchestration.cli.app import app
for width in json.loads(sys.argv[1]):
    if sys.stdout.isatty():
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    for place, command in enumerate(json.loads(sys.argv[2])):
        print(f"\\n<<{width} {place}>>", flush=True)
        try:
            app(command)
        except SystemExit:
            pass
        sys.stdout.flush()
        sys.stderr.flush()
"""
_PROGRAM = [sys.executable, "-c", _MANY]


BOOK = [["ask", str(question.number)] for question in questions()]
Screens = dict[tuple[int, str], str]


@pytest.fixture(scope="module")
def environment(published_starter: Path) -> dict[str, str]:
    """The environment of a command on the published starter."""
    return {**os.environ, "MINERALS_HOME": str(published_starter), "MINERALS_OFFLINE": "true"}


AT_80_AND_AT_ALL = [[80], pytest.param(WIDTHS, marks=pytest.mark.long)]


@pytest.fixture(scope="module", params=AT_80_AND_AT_ALL, ids=["80", "all"])
def widths(request: pytest.FixtureRequest) -> list[int]:
    """The widths of the terminals: the usual one, or all."""
    given: list[int] = request.param
    return given


@pytest.fixture(scope="module")
def answers(environment: dict[str, str], widths: list[int]) -> Screens:
    """What a terminal shows for `ANSWERS`, by width and command."""
    return _on_terminals([*widths, WIDEST], ANSWERS, environment)


@pytest.fixture(scope="module")
def book(environment: dict[str, str], widths: list[int]) -> Screens:
    """What a terminal shows for each question of the book, by width and command."""
    return _on_terminals(widths[:3], BOOK, environment)


def _on_terminals(widths: list[int], commands: list[list[str]], environment: dict[str, str]) -> Screens:
    code, screen = on_a_terminal([*_PROGRAM, json.dumps(widths), json.dumps(commands)], environment)
    assert code == 0
    shown = _by_command(without_control(screen), commands)
    assert len(shown) == len(widths) * len({" ".join(command) for command in commands})
    return shown


def test_no_answer_splits_a_number_or_breaks_a_word_on_any_terminal(
    answers: Screens, environment: dict[str, str]
) -> None:
    # answers go to a file unwrapped, whatever the width
    _assert_whole(answers, _piped(ANSWERS, environment | {"COLUMNS": "20"}))


@pytest.mark.parametrize("commands", [REFUSALS, HELP], ids=["refusals", "help"])
def test_no_help_or_refusal_splits_a_number_or_breaks_a_word_on_any_terminal(
    commands: list[list[str]], environment: dict[str, str], widths: list[int]
) -> None:
    # help and usage errors are wrapped in a file too
    piped = _piped(commands, environment | {"COLUMNS": str(WIDEST)})
    _assert_whole(_on_terminals([*widths, WIDEST], commands, environment), piped)


def _assert_whole(shown: Screens, piped: Screens) -> None:
    """Output on a pseudo-terminal has the same words as the piped output, or as a window without an edge."""
    whole = {command: _words(text) | _words(shown[WIDEST, command]) for (_, command), text in piped.items()}
    for (width, command), text in shown.items():
        name = f"{command} at {width}"
        assert _words(text), name
        assert _words(text) <= whole[command], name
        # only a word with a line of its own, such as an address, may be wider than the window
        too_wide = [line for line in text.splitlines() if len(line) > width]
        assert [line for line in too_wide if len(line.split()) > 1] == [], name


def _words(text: str) -> set[str]:
    return set(_COUNTED.sub("", text).replace(_NAMES_BROKEN_AT, " ").split())


@pytest.mark.parametrize("mineral", ["cobalt", "rare_earths"])
def test_every_figure_of_a_sheet_names_its_country(answers: Screens, mineral: str) -> None:
    for width in (80, WIDEST):
        first = answers[width, f"show {mineral}"].partition("From whom")[0]
        for name in ("United States", "Canada", "Mexico", "North America"):
            assert re.search(rf"^(area +)?{name}", first, re.MULTILINE), (width, name)


def test_every_command_is_run() -> None:
    run = {command[0] for command in [*ANSWERS, *REFUSALS] if command}
    # these run until they are stopped, or write a file
    elsewhere = {"refresh", "brief", "ui", "mcp"}
    assert set(get_group(app).commands) - elsewhere <= run


def test_an_answer_of_the_book_fits_a_screen(book: Screens) -> None:
    lines = {place: text.strip().splitlines() for place, text in book.items()}
    assert {place: len(text) for place, text in lines.items() if len(text) > 42} == {}
    # a key to type is not broken
    too_wide = [
        place for place, text in lines.items() for line in text if len(line) > place[0] and " " in line
    ]
    assert too_wide == []
    # answers with rows first state them in a sentence, with their sources
    for place, text in lines.items():
        assert any(
            line.startswith(("No row.", "Not in this warehouse yet: ", "Sources: ")) for line in text
        ), place


def test_answers_have_names_and_words_and_no_columns_and_codes(answers: Screens, book: Screens) -> None:
    in_words = {
        place: text
        for place, text in answers.items()
        if place[0] in WIDTHS
        and place[1].startswith(("show", "compare", "duty", "changes", "ask"))
        and " old " not in place[1]
    }
    for place, text in (in_words | book).items():
        # names to type and tables to look up are as they are
        words = re.sub(r"`[^`]*`|\([a-z_]+\)|minerals ask [^\n]*|\b(?:core|marts|meta)\.\w+", "", text)
        assert re.findall(r"\b[a-z][a-z0-9]*_\w+|\b[A-Z]{3}_?iso3", words) == [], place
        origins = re.findall(r"^(?:origin|importer|exporter|country) +([A-Z]{3})$", words, re.MULTILINE)
        assert origins == [], place


def test_piped_help_has_whole_words(environment: dict[str, str]) -> None:
    narrow = {name: value for name, value in environment.items() if name != "COLUMNS"}
    widest = _piped(HELP, environment | {"COLUMNS": "2000"})
    for place, text in _piped(HELP, narrow).items():
        assert set(text.split()) <= set(widest[place].split()), place


def _piped(commands: list[list[str]], environment: dict[str, str]) -> Screens:
    ended = subprocess.run(
        [*_PROGRAM, "[0]", json.dumps(commands)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return _by_command(ended.stdout, commands)


def _by_command(text: str, commands: list[list[str]]) -> Screens:
    """Output of each command by width and command, without the frames around help and usage errors."""
    parts = re.split(r"<<(\d+) (\d+)>>\n", re.sub("[\u2500-\u257f]", " ", text))
    return {
        (int(width), " ".join(commands[int(place)])): written
        for width, place, written in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    }
