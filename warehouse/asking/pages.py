"""The available answers, and the words that ask for each of them."""

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
"""Minimum similarity at which an unknown word counts as a known one."""
PREFIXES = ("over", "non", "pre", "un", "re", "in")
"""Prefixes that leave the subject of a word as it is, in three languages."""
LEAST = 4
"""Minimum number of letters of a word behind its prefix, or of an adverb before its ending."""
_OF_ADVERBS = {"en": "ly", "es": "mente", "fr": "ment"}
OTHERS: Mapping[str, str] = {
    "age": "How far the figures reach, when they were fetched and from where",
    "duty": "US duty on goods from a country, on a day and a year before",
    "without": "US shortfall of a mineral without one supplier for some days",
    "changes": "What the last publication changed, what was revised, and what is due",
    "sheet": "All that is held of one mineral",
    "floor": "US imports against a price floor that you name, in the newest months with weights",
}
"""Answers that are neither questions of the book nor subjects of a sheet."""
_ALIAS = re.compile(r"\bas (?!source_ids?\b)(\w+)")
"""Names that a question of the book gives its columns, except sources, which every answer has."""


def words_of(answer: str) -> frozenset[str]:
    """Return the stems that ask for an answer."""
    return frozenset(stem for name, _, page in answer_pages() if name == answer for stem in page)


@cache
def texts_of() -> dict[str, str]:
    """Return the question or title of each answer, by its number or name."""
    return {answer: text for answer, text, _ in answer_pages()}


@cache
def answer_pages() -> list[tuple[str, str, dict[str, float]]]:
    """Return each answer with its text, and with the weight of each stem that asks for it."""
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
    """Return the weight of each stem: the fewer answers have a stem, the more it weighs."""
    pages = answer_pages()
    spread = Counter(stem for _, _, page in pages for stem in page)
    return {stem: math.log(1 + len(pages) / count) for stem, count in spread.items()}


def is_known(stem: str) -> bool:
    """Return whether a stem is in the words or phrasings of an answer, or readers use it for such a word."""
    return stem in rarity() or stem in meanings() or stem in _of_phrasings()


@cache
def is_heard(word: str) -> bool:
    """Return whether a word is known, in full or by its beginning.

    For a word longer than a stem, the beginning has one letter more than a stem, to distinguish discover from
    discount.
    """
    if word in _vocabulary() or is_known(word):
        return True
    if len(word) <= STEM:
        return is_known(stem_of(word))
    return word[: STEM + 1] in _beginnings()


def is_unknown_adverb(word: str, language: str) -> bool:
    """Return whether an unknown word has the ending of adverbs: it says how, and not what is asked."""
    ending = _OF_ADVERBS[language]
    return word.endswith(ending) and len(word) >= len(ending) + LEAST and not is_heard(word)


@cache
def spelled(word: str) -> str:
    """Return the known word that an unknown word is with a prefix or a wrong letter, or the word itself."""
    if len(word) < STEM or word in FILLERS or word in _vocabulary():
        return word
    rests = (word.removeprefix(prefix) for prefix in PREFIXES if word.startswith(prefix))
    rest = next((one for one in rests if len(one) >= LEAST and is_heard(one)), None)
    if rest and not is_heard(word):
        return rest
    if is_known(stem_of(word)):
        return word
    # the first letter is rarely wrong
    possible = sorted(one for one in _vocabulary() if one[0] == word[0] and one not in GRAMMAR)
    near = get_close_matches(word, possible, 1, ALIKE)
    return near[0] if near else word


@cache
def _vocabulary() -> frozenset[str]:
    """Return all words that ask for an answer, and the words of readers."""
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
