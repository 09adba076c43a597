"""What `minerals ask` prints above the rows of an answer."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.brief.languages import labels
from orchestration.cli.app import app
from warehouse.asking import texts_of
from warehouse.asking.languages import sentences, title_in
from warehouse.book import Question, questions


def _above(home: Path, monkeypatch: pytest.MonkeyPatch, number: str) -> list[str]:
    """Return the lines below the question."""
    monkeypatch.setenv("MINERALS_HOME", str(home))
    found = CliRunner().invoke(app, ["ask", number])
    assert found.exit_code == 0, found.output
    _, *lines = found.output.splitlines()
    return lines


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_the_source_is_named_right_below_the_first_sentence(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch, question: Question
) -> None:
    first, *more = _above(published_starter, monkeypatch, str(question.number))
    assert first.startswith("Not in this warehouse yet: ") or more[0].startswith("Sources: ")


def test_a_remark_on_the_first_row_stands_apart_from_the_sources(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sources, remark, *_ = _above(published_starter, monkeypatch, "15")
    assert "stockpile" not in sources
    assert remark.startswith("On the first row: ")
    assert remark.endswith(" The government stockpile is not printed.")


def _asked(home: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setenv("MINERALS_HOME", str(home))
    found = CliRunner().invoke(app, ["ask", *words])
    assert found.exit_code == 0, found.output
    return found.output


def test_a_long_answer_shows_its_first_rows_and_states_the_number_of_all(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = _asked(published_starter, monkeypatch, "36")
    [count] = re.findall(
        r"^20 of (\d+) rows, \d+ of \d+ columns; all: minerals ask 36 --all$", cut, re.MULTILINE
    )
    assert len(_asked(published_starter, monkeypatch, "36", "--all").splitlines()) > int(count) > 200
    for output in ("csv", "json"):
        whole = _asked(published_starter, monkeypatch, "36", "--format", output)
        assert whole.count("customs_value_usd" if output == "json" else "\n") >= int(count)


@pytest.mark.parametrize(
    ("words", "title", "frame"),
    [
        (
            "\u00bfcu\u00e1ntos d\u00edas duran nuestras reservas?",
            "Pregunta 15: \u00bfCu\u00e1ntos d\u00edas de consumo",
            ("La respuesta est\u00e1 en ingl\u00e9s; ", "Fuentes: "),
        ),
        (
            "combien de jours durent nos stocks",
            "Question 15: Combien de jours de consommation",
            ("La r\u00e9ponse est en anglais; ", "Sources: "),
        ),
        (
            "qui raffine le cobalt",
            "Qui extrait, qui raffine",
            (
                "Limit\u00e9 \u00e0: Cobalt",
                "Le reste de la r\u00e9ponse est en anglais; ",
                "Cobalt (minerai ou concentr\u00e9) : plus grandes parts de la production",
            ),
        ),
        (
            "\u00bfcu\u00e1nto cuesta el cobalto?",
            "Precios: de cada etapa",
            ("El resto de la respuesta est\u00e1 en ingl\u00e9s; ", "Cobalto (refinado): precio de "),
        ),
        ("stocks gallium China", "Stocks in the United States, and what", ("Narrowed to: Gallium",)),
        (
            "où les chiffres de l'importateur et de l'exportateur se contredisent-ils le plus",
            "Question 20",
            ("Sources: ",),
        ),
        ("how many days do stocks last", "Question 15: How many days", ("Sources: ",)),
        ("tout sur le cobalt", "Tout ce qui est", ("Donn\u00e9es jusqu'\u00e0 : commerce ",)),
    ],
)
def test_the_words_around_an_answer_are_in_the_language_of_the_question(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch, words: str, title: str, frame: tuple[str, ...]
) -> None:
    lines = _asked(published_starter, monkeypatch, words).splitlines()
    assert lines[0].startswith(title)
    for one in frame:
        assert any(line.startswith(one) for line in lines), one


@pytest.mark.parametrize("words", [["13"], ["15"], ["china cobalt"], ["prices cobalt"], ["stocks cobalt"]])
def test_an_answer_with_periods_of_its_own_does_not_state_the_newest_data(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    assert "Data to: " not in _asked(published_starter, monkeypatch, *words)


@pytest.mark.parametrize("words", ["how old are these figures", "everything about cobalt"])
def test_the_newest_data_stand_above_the_age_and_the_sheet(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    assert "Data to: US trade " in _asked(published_starter, monkeypatch, words)
    assert "Data to: " not in _asked(published_starter, monkeypatch, "how old are the figures of price_floor")


def test_every_clause_has_the_same_figures_in_three_languages() -> None:
    for row in sentences():
        slots = sorted(set(re.findall(r"\{\d\}", row["en"])))
        assert [sorted(set(re.findall(r"\{\d\}", row[code]))) for code in ("es", "fr")] == [slots, slots], row
    english = [row["en"] for row in sentences()]
    assert len(set(english)) == len(english)


def test_every_answer_has_its_title_in_three_languages() -> None:
    own = set(texts_of()) - set(labels())
    for answer in own:
        for language in ("es", "fr"):
            assert title_in(language, answer), (answer, language)


def test_a_refusal_has_the_first_sentence_of_the_nearest_answers_in_the_frame_of_the_language(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "qué minerales exportan en bruto Estados Unidos, Canadá o México y luego zirpan, blorgan o trufan"
    monkeypatch.setenv("MINERALS_HOME", str(published_starter))
    refused = CliRunner().invoke(app, ["ask", words])
    assert refused.exit_code == 1
    text = refused.output
    assert text.startswith(
        "No se entendió: zirpan, blorgan, trufan. Ninguna respuesta corresponde claramente a "
    )
    assert "minerals ask 18: ¿Dónde exportan mineral" in text
    assert "of copper ore (Cu content) and imported 1,700,000 t of refined copper" in text
    assert "(Fuentes: U.S. Geological Survey; United Nations Statistics Division)" in text


@pytest.mark.parametrize(
    ("number", "hidden", "kept"),
    [
        ("1", "us dependency on outside is", "Equal bounds are one figure."),
        ("17", "Balassa", "The shares to quote come first"),
        ("5", "by other floors has", ""),
        ("14", "duty at risk then usd has", ""),
    ],
)
def test_a_note_explains_the_columns_that_are_shown(
    published_starter: Path, monkeypatch: pytest.MonkeyPatch, number: str, hidden: str, kept: str
) -> None:
    shown = " ".join(" ".join(_above(published_starter, monkeypatch, number)).split())
    monkeypatch.setenv("MINERALS_HOME", str(published_starter))
    whole = CliRunner().invoke(app, ["ask", number, "--all"]).output
    assert hidden.split(maxsplit=1)[0] in " ".join(whole.split())
    assert hidden not in shown
    assert kept in shown
