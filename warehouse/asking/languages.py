"""The language of a question, and the words around its answer in that language."""

import csv
from functools import cache

from warehouse.asking.words import plain_words
from warehouse.book import FOLDER

_OWN = {
    "en": (
        "the of and what which who whom whose how much many are does do did is was were from to in on for"
        " with by would will could can we our us that this these those than or at if not"
    ),
    "es": (
        "el los las del cual cuales cuanto cuanta cuantos cuantas quien quienes donde como por para con sin"
        " hay mas menos su sus una y nos son esta estan tiene tienen si al lo muy sobre cuando"
    ),
    "fr": (
        "le les des du quel quelle quels quelles combien qui ou comment pour avec sans est sont et nous dont"
        " aux au il elle ils elles une dans sur quand cesse nos notre leur l d qu s"
    ),
}
"""Function words that tell a language apart; words that two of the languages share are left out."""


def language_of(words: str) -> str:
    """Return the language of words: ``en``, ``es`` or ``fr``."""
    spoken = plain_words(words).split()
    marks = "es" if "\u00bf" in words or "\u00a1" in words else ""
    counts = {code: sum(word in own for word in spoken) + 2 * (code == marks) for code, own in _own().items()}
    return max(counts, key=lambda code: (counts[code], code == "en"))


def title_in(language: str, answer: str) -> str | None:
    """Return the question or title of an answer in a language; None if it is English or not there."""
    return _titles().get(answer, {}).get(language)


def frame_in(language: str, words: str) -> str:
    """Return the words around an answer in a language."""
    return _frame().get(words, {}).get(language, words)


@cache
def sentences() -> list[dict[str, str]]:
    """Return the clauses of the first sentences on a mineral, with slots, in three languages."""
    with (FOLDER / "sentences.csv").open(encoding="utf-8", newline="") as file:
        return [
            {"en": row["english"], "es": row["spanish"], "fr": row["french"]} for row in csv.DictReader(file)
        ]


@cache
def _own() -> dict[str, frozenset[str]]:
    """Return the function words and words of the field that only one of the languages has."""
    found = {code: set(words.split()) for code, words in _OWN.items()}
    with (FOLDER / "asked_for.csv").open(encoding="utf-8", newline="") as file:
        found["en"] |= {row["answer"] for row in csv.DictReader(file)}  # typed as they are, in any language
    with (FOLDER / "lexicon.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for code, column in (("en", "english"), ("es", "spanish"), ("fr", "french")):
                found[code] |= set(plain_words(row[column]).split())
    return {
        code: frozenset(words - set().union(*(other for name, other in found.items() if name != code)))
        for code, words in found.items()
    }


@cache
def _titles() -> dict[str, dict[str, str]]:
    """Return the titles of the answers in Spanish and French."""
    with (FOLDER / "titles.csv").open(encoding="utf-8", newline="") as file:
        return {row["answer"]: {"es": row["spanish"], "fr": row["french"]} for row in csv.DictReader(file)}


@cache
def _frame() -> dict[str, dict[str, str]]:
    """Return the words around an answer in Spanish and French."""
    with (FOLDER / "frame.csv").open(encoding="utf-8", newline="") as file:
        return {row["english"]: {"es": row["spanish"], "fr": row["french"]} for row in csv.DictReader(file)}
