"""The answers that there are, and the words by which each is asked for."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from warehouse.asking.words import (
    FILLERS,
    GRAMMAR,
    STEM,
    asked_for,
    meanings,
    phrasings,
    plain_words,
    stem_of,
    stems,
    thesaurus,
    translations,
)
from warehouse.book import questions
from warehouse.sheet import FOLDER

ALIKE = 0.85
"""How like a known word an unknown one must be to be taken for it."""
OTHERS: Mapping[str, str] = {
    "age": "How far the figures reach, when they were fetched and from where",
    "duty": "US duty on goods from a country, on a day and a year before",
    "without": "US shortfall of a mineral without one supplier for some days",
    "changes": "What the last publication changed, what was revised, and what is due",
    "sheet": "All that is held of one mineral",
    "floor": "US imports against a price floor that you name, in the newest twelve months with weights",
}
"""Answers that are neither a question of the book nor a subject of a sheet."""
_ALIAS = re.compile(r"\bas (?!source_ids?\b)(\w+)")
"""Columns that a question of the book names itself; every answer has its sources."""


def words_of(answer: str) -> frozenset[str]:
    """The stems that an answer is asked by."""
    return frozenset(stem for name, _, page in answer_pages() if name == answer for stem in page)


@cache
def texts_of() -> dict[str, str]:
    """Each answer by its number or name, with what it is an answer to."""
    return {answer: text for answer, text, _ in answer_pages()}


@cache
def answer_pages() -> list[tuple[str, str, dict[str, float]]]:
    """Each answer with its text and the stems that it is asked by."""
    words = asked_for()
    book = {str(question.number): question for question in questions()}
    texts = {number: question.text for number, question in book.items()}
    for path in sorted(FOLDER.glob("*.sql")):
        name = path.stem.partition("_")[2]
        if name != "duties":
            texts[name] = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("-- ")
    texts |= {name: text for name, text in OTHERS.items() if name != "floor"}
    pages = []
    for answer, text in texts.items():
        page = dict.fromkeys(stems(text), 0.9) | dict.fromkeys(stems(words.get(answer, "")), 1.0)
        if answer in book:
            question = book[answer]
            named = " ".join([question.note, *_ALIAS.findall(question.sql)])
            page = dict.fromkeys(stems(named), 0.3) | dict.fromkeys(stems(question.name), 0.9) | page
        pages.append((answer, text, page))
    return pages


@cache
def rarity() -> dict[str, float]:
    """What each stem weighs: the fewer answers have it, the more."""
    pages = answer_pages()
    spread = Counter(stem for _, _, page in pages for stem in page)
    return {stem: math.log(1 + len(pages) / count) for stem, count in spread.items()}


def is_known(stem: str) -> bool:
    """Whether an answer is or was asked for by a stem, or readers use it for a word of one."""
    return stem in rarity() or stem in meanings() or stem in _of_phrasings()


@cache
def is_heard(word: str) -> bool:
    """Whether a word is known in full or by a longer beginning than a stem: to discover is no discount."""
    if word in _vocabulary() or is_known(word):
        return True
    if len(word) <= STEM:
        return is_known(stem_of(word))
    return word[: STEM + 1] in _beginnings()


@cache
def spelled(word: str) -> str:
    """A word as it is known, where it is one letter or two away from a known one."""
    if len(word) < STEM or word in FILLERS or word in _vocabulary() or is_known(stem_of(word)):
        return word
    # the first letter is seldom wrong
    possible = sorted(one for one in _vocabulary() if one[0] == word[0] and one not in GRAMMAR)
    near = get_close_matches(word, possible, 1, ALIKE)
    return near[0] if near else word


@cache
def _vocabulary() -> frozenset[str]:
    """All words that an answer is asked by, and those of readers."""
    pages = " ".join(asked_for().values())
    texts = " ".join(f"{question.text} {question.name}" for question in questions())
    others = " ".join([*OTHERS.values(), *(word for _, word in thesaurus())])
    asked = " ".join(row["words"] for row in phrasings())
    return frozenset(plain_words(f"{pages} {texts} {others} {asked}").split())


@cache
def _beginnings() -> frozenset[str]:
    notes = plain_words(" ".join(question.note for question in questions()))
    words = {*_vocabulary(), *notes.split(), *(word for pair in translations() for word in pair)}
    return frozenset(word[: STEM + 1] for word in words if len(word) > STEM)


@cache
def _of_phrasings() -> frozenset[str]:
    return frozenset(stem for row in phrasings() for stem in stems(row["words"]))
