"""What `minerals ask` prints above the rows of an answer."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from warehouse.book import Question, questions


def _above(home: Path, monkeypatch: pytest.MonkeyPatch, number: str) -> list[str]:
    """Return the lines between the question and the newest periods."""
    monkeypatch.setenv("MINERALS_HOME", str(home))
    found = CliRunner().invoke(app, ["ask", number])
    assert found.exit_code == 0, found.output
    _, *lines = found.output.partition("Data to: ")[0].splitlines()
    return lines


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_the_source_is_named_right_below_the_first_sentence(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch, question: Question
) -> None:
    first, *more = _above(published_starter, monkeypatch, str(question.number))
    assert first.startswith("No row. Not held yet: ") or more[0].startswith("Sources: ")


def test_a_remark_on_the_first_row_stands_apart_from_the_sources(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sources, remark = _above(published_starter, monkeypatch, "15")
    assert "stockpile" not in sources
    assert remark == "On the first row: The government stockpile is not printed."
