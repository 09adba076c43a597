"""Words in Spanish and French: what a reader in Mexico or Canada expects of every cell of the three files."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from orchestration.brief.languages import Language, catalogue, chart_locale, headings, labels
from tests.conftest import REPOSITORY
from warehouse.units import NO_BREAK

NOTES = REPOSITORY / "dbt_project" / "models" / "core" / "supply" / "fct_import_dependency_us.sql"
SLOT = re.compile(r"\{\d?\}|\{\d:raw\}")
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
ENGLISH = re.compile(
    r"\b(?:the|of|and|with|from|which|that|its|than|because|held|known|withheld|both|are|was|is|by|for|only)\b"
)
OTHER_TERMS = {
    "es": {
        r"\bcuotas?\b": r"quota|anti-dumping",
        r"\bimpr[ei]": None,
        r"\brecargo": None,
        r"\blímites?\b": None,
        r"\bprecios? mínimos?\b": None,
        r"\breservad[oa]": None,
        r"\bmayor(?:es)? proveedor": None,
        r"\bprimer proveedor": None,
        r"\baduanas\b": None,
        r"\b[Tt]ribunal\b": None,
        r"\bEE\.UU\.|\bEEUU\b": None,
        r"\bTMEC\b|\bUSMCA\b": None,
    },
    "fr": {
        r"\b[Ss]ection \d": None,
        r"\bimprim": None,
        r"\bdétenue?s?\b": None,
        r"\btraitement": r"treatment",
        r"\bprojets? de mine\b": None,
        r"\blistée?s?\b": None,
        r"\bdépendance (?:nette )?des importations": None,
        r"\bUSMCA\b|\bAEUMC\b": None,
    },
}
"""Words that the glossary replaces, by language, each with the English that still requires it."""


def cells(code: str) -> Iterator[tuple[str, str]]:
    """Each cell of the three files in a language with its English."""
    for row in (*catalogue(), *labels().values(), *headings().values()):
        yield row["en"], row[code]


def wrong(code: str, pattern: str) -> list[str]:
    return [own for _, own in cells(code) if re.search(pattern, own)]


@pytest.mark.parametrize("code", ["es", "fr"])
def test_slots_are_those_of_the_english(code: str) -> None:
    for english, own in cells(code):
        slots = {slot.replace(":raw", "") for slot in SLOT.findall(english)}
        assert {slot.replace(":raw", "") for slot in SLOT.findall(own)} == slots, own


@pytest.mark.parametrize("code", ["es", "fr"])
def test_no_cell_has_english_words(code: str) -> None:
    assert sum(bool(ENGLISH.search(english)) for english, _ in cells(code)) > 200
    assert [own for _, own in cells(code) if ENGLISH.search(own)] == []


@pytest.mark.parametrize("code", ["es", "fr"])
def test_figures_are_those_of_the_english(code: str) -> None:
    def figures(text: str) -> Counter[str]:
        closed = re.sub(rf"(?<=\d)[{NO_BREAK} ,](?=\d{{3}}\b)", "", SLOT.sub("", text))
        return Counter(figure.replace(",", ".") for figure in FIGURE.findall(closed))

    for english, own in cells(code):
        assert figures(own.replace("1er ", "1 ")) == figures(english), own


@pytest.mark.parametrize("code", ["es", "fr"])
def test_a_sentence_ends_as_in_english(code: str) -> None:
    for english, own in cells(code):
        abbreviated = own.endswith(f"EE.{NO_BREAK}UU.")
        assert english.endswith((".", "?")) == own.endswith((".", "?")) or abbreviated, own


@pytest.mark.parametrize("code", ["es", "fr"])
def test_a_phrase_within_a_sentence_has_no_capital(code: str) -> None:
    names = ("Estados", "États", "Canad", "México", "Mexique", "Amérique", "América", "Chin", "Québec")
    for english, own in cells(code):
        assert not english[:1].islower() or not own[:1].isupper() or own.startswith(names), own


@pytest.mark.parametrize(
    ("code", "term", "english"),
    [(code, term, english) for code, terms in OTHER_TERMS.items() for term, english in terms.items()],
)
def test_a_term_has_one_translation(code: str, term: str, english: str | None) -> None:
    used = [own for text, own in cells(code) if re.search(term, own)]
    excused = [own for text, own in cells(code) if english and re.search(english, text)]
    assert [own for own in used if own not in excused] == []


def test_french_has_the_punctuation_of_canada() -> None:
    assert wrong("fr", r"\s[;?!]") == []
    assert wrong("fr", rf"[^{NO_BREAK}]:(?!\w|/)|[^{NO_BREAK}]»|«[^{NO_BREAK}]|[^{NO_BREAK}, (→]%") == []
    assert wrong("fr", r"[\u2018\u2019\u201c\u201d]") == []


def test_french_figures_have_a_decimal_comma_and_spaces() -> None:
    assert wrong("fr", r"(?<![\d.])\d+\.\d+(?![\d.])") == []
    assert wrong("fr", r"\d,\d{3}(?!\d)|\d \d{3}\b") == []
    assert wrong("fr", rf"\d{NO_BREAK}\d{{3}}\b") != []


def test_spanish_has_the_punctuation_of_mexico() -> None:
    assert wrong("es", r"\s[;?!:]") == []
    assert wrong("es", rf"«[\s{NO_BREAK}]|[\s{NO_BREAK}]»|[\u2018\u2019\u201c\u201d]") == []
    assert [own for own in wrong("es", r"\?$") if own.count("¿") != own.count("?")] == []
    assert wrong("es", r"\d,\d{1,2}\b|\d[ \N{NO-BREAK SPACE}]\d{3}\b") == []
    assert wrong("es", r"EE\. UU\.") == []


def test_the_same_words_are_translated_alike_in_a_sentence_and_in_a_sheet() -> None:
    catalogued = {row["en"]: row for row in catalogue()}
    both = [key for key, own in labels().items() if key == own["en"] and key in catalogued]
    assert len(both) > 15
    # a phase is feminine, a mineral masculine
    assert [
        key
        for key in both
        if key != "none" and any(labels()[key][code] != catalogued[key][code] for code in ("es", "fr"))
    ] == []


@pytest.mark.parametrize("code", ["es", "fr"])
def test_each_ending_of_the_note_on_printed_rows_is_translated(code: str) -> None:
    endings = re.findall(
        r"(?:then|else) '((?:it|an?|exports|they) [^']+)'", NOTES.read_text(encoding="utf-8")
    )
    assert len(endings) > 4
    say = Language(code, {})
    for ending in endings:
        translated = say(f"its printed rows alone give 89.7 %, because {ending}")
        assert ending not in translated
        assert ("89,7" in translated) == (code == "fr")
    assert say.missed == set()


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("1,234.5", f"1{NO_BREAK}234,5"),
        ("12 345 678", "12 345 678"),
        ("57.5 %", "57,5 %"),
        ("12.5 to 15.0 %", "12,5 to 15,0 %"),
        ("-1,800", f"-1{NO_BREAK}800"),
        ("averaged 2.5.", "averaged 2,5."),
        ("9903.88.03", "9903.88.03"),
        ("2024, 2025", "2024, 2025"),
        ("v1.2", "v1.2"),
    ],
)
def test_figures_are_written_as_in_the_language(text: str, own: str) -> None:
    assert Language("fr", {}).figures(text) == own
    assert Language("es", {}).figures(text) == text
    assert Language("en", {}).figures(text) == text


def test_a_spanish_list_joins_words_in_i_with_e() -> None:
    names = {name: {"es": own} for name, own in {"zinc": "zinc", "indium": "indio", "iron": "hierro"}.items()}
    say = Language("es", names)
    assert "para zinc e indio." in say("No refinery table is held here for zinc and indium.")
    assert "para zinc y hierro." in say("No refinery table is held here for zinc and iron.")


def test_a_time_of_day_is_written_as_in_quebec() -> None:
    assert Language("fr", {}).dates("8 June 2026, 21:05 UTC") == f"8 juin 2026, 21{NO_BREAK}h{NO_BREAK}05 UTC"
    assert Language("es", {}).dates("8 June 2026, 21:05 UTC") == "8 de junio de 2026, 21:05 UTC"


def test_our_own_title_is_translated_within_quotation_marks() -> None:
    translated = Language("es", {})("“Supreme Court voids the IEEPA duties” ends")
    assert translated == "«La Corte Suprema anula los aranceles IEEPA» termina"


def test_charts_write_figures_and_months_as_their_sentences_do() -> None:
    english, spanish, french = (chart_locale(code) for code in ("en", "es", "fr"))
    assert [one["formatLocale"]["decimal"] for one in (english, spanish, french)] == [".", ".", ","]
    assert [one["formatLocale"]["thousands"] for one in (english, spanish, french)] == [",", ",", NO_BREAK]
    assert spanish["timeFormatLocale"]["months"][0] == "enero"
    assert french["timeFormatLocale"]["days"][0] == "dimanche"
    assert english["timeFormatLocale"]["shortMonths"][11] == "Dec"
