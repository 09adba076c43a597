"""Parse the words of a person: mineral, places, year, days, price, and what is asked about them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from warehouse.asking.languages import language_of
from warehouse.asking.names import AREAS, Named, Names, adjectives
from warehouse.asking.pages import is_unknown_adverb, spelled
from warehouse.asking.spans import YEAR, Years, days_in, year_of, years_in
from warehouse.asking.words import GRAMMAR, phrases, plain_words, price_of, stems, without_asides
from warehouse.book import plain

_SELLING = "sell sells export exports ship ships send sends supply supplies vende exporta vend exporte"
_SELLS = frozenset(_SELLING.split())
"""Words that make a country a seller after its name, and a buyer before it."""
_BUYING = "buy buys import imports purchase purchases compra compran importa importan achete importe"
_BUYS = frozenset(_BUYING.split())
"""Words that make a country a buyer after its name."""
_SUPPLIES = _SELLS | frozenset(["suministra", "abastece", "surte", "fournit", "venden", "vendent"])
_RELIES = frozenset(["depend", "depends", "dependent", "reliant", "rely", "relies"])
"""Words that make a place after "on" a seller."""
_JOINS = frozenset(["the", "and", "both", "either", "mainland"])
"""Words that may come between "on" and the name of a place."""
_CRITICAL = re.compile(r"\b(critical minerals?|minerale?s criticos?|mineraux critiques)\b")
_PERCENT = re.compile(r"\b(\d+(?:\.\d+)?) ?(?:%|percent|per cent|por ciento|pour cent)")
_MONEY = re.compile(r"\bargent (?=public|federal|du contribuable|des contribuables|de l etat)")
"""The French word for silver where it means money."""
_ENGLISH = frozenset(["day", "days", "week", "weeks", "month", "months", "year", "years"])


@dataclass(frozen=True, slots=True)
class Place:
    """A country or area that is named: its code, its name, and whether goods come from it or go to it."""

    code: str
    name: str
    is_origin: bool
    is_buyer: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Parsed words; ``wanted`` are the phrases and stems that say what is asked.

    ``left`` are the words without names, phrases and grammatical words. ``also`` are the minerals named after
    the first, ``usd`` is a price, and ``percent`` is a share; ``year`` is a single year, and ``years`` are
    several.
    """

    words: str
    mineral_id: str | None
    mineral: str | None
    mineral_words: str | None
    places: Sequence[Place]
    year: int | None
    days: int | None
    wanted: Sequence[str]
    left: Sequence[str]
    usd: float | None = None
    also: Sequence[Named] = ()
    years: Years | None = None
    percent: float | None = None

    @property
    def when(self) -> Years | None:
        """The year or years that are named; None if the words name no year."""
        return Years(self.year, self.year) if self.year else self.years


@lru_cache(maxsize=10_000)
def read(known: Names, words: str) -> Asked:
    """Parse words, with the names that a publication knows."""
    original = re.sub(r"['\u2019]s?\b", " ", without_asides(words))
    text = _MONEY.sub("fonds ", f" {plain_words(original)} ")
    named: list[Named] = []
    symbols = [(plain_words(name), found) for name, found in known.symbols if f" {name} " in f" {original} "]
    spoken = set(text.split())
    for name, (found, label) in [*known.minerals, *symbols]:
        first = name.partition(" ")[0]
        if first not in spoken and f"{first}s" not in spoken:
            continue
        for form in (name, f"{name}s", *([name.removesuffix("s")] if " " in name else [])):
            if f" {form} " in text:
                if found not in [one for _, (one, _) in named]:
                    named.append((name, (found, label)))
                text = text.replace(f" {form} ", " ")
    called, (mineral_id, mineral) = named[0] if named else (None, (None, None))
    places, text = _places(known, text, original)
    years = years_in(text)
    if years and mineral_id:
        text = text.replace(years[1], " ")
    days = days_in(text)
    year = None if years else year_of(text)
    text = _CRITICAL.sub(" ", YEAR.sub(" ", text))
    if days and days[1].isdigit():
        text = text.replace(days[1], " ", 1)
    if days and named and places:
        text = _without_span(text, days)
    used = [phrase for phrase in phrases() if f" {phrase} " in text]
    for phrase in used:
        text = text.replace(f" {phrase} ", " ")
    if days:
        text = _without_span(text, days)
    language = language_of(words)
    text = " ".join(one for one in map(spelled, text.split()) if not is_unknown_adverb(one, language))
    return Asked(
        words=words,
        mineral_id=mineral_id,
        mineral=mineral,
        mineral_words=called,
        places=places,
        year=year,
        days=days[0] if days else None,
        wanted=[*used, *stems(text)],
        left=[word for word in text.split() if word not in GRAMMAR],
        usd=price_of(words),
        also=named[1:],
        years=years[0] if years else None,
        percent=float(share[1]) if (share := _PERCENT.search(plain(words))) else None,
    )


def _without_span(text: str, days: tuple[int, str, str]) -> str:
    """Return the words with a span of time replaced by its unit, or by "days" if that is not English."""
    _, number, unit = days
    return text.replace(f" {number} {unit} ", f" {unit if unit in _ENGLISH else 'days'} ")


def _places(known: Names, text: str, original: str) -> tuple[list[Place], str]:
    """Return the places that are named, and the words without them."""
    spoken = set(text.split())
    relies = bool(_RELIES & spoken)
    places: list[Place] = []
    for name, (code, label) in known.places:
        if name.partition(" ")[0] not in spoken:
            continue
        # the pronoun "us" is not a country
        if name == "us" and not re.search(r"\bU\.?S\b", original):
            continue
        while (at := text.find(f" {name} ")) >= 0:
            before, after = text[:at].split()[-2:], text[at + len(name) + 2 :].split()[:1]
            # "which depends on China, Canada or Mexico?" names the buyers last, and they are not relied on
            depends = relies and "on" in before and set(before[1:]) <= {"on", *_JOINS}
            # "vende México a Estados Unidos" names the seller after the verb
            is_subject = after in (["a"], ["au"], ["aux"]) and bool(_SUPPLIES & set(before))
            sells = (
                bool({"from", "desde"} & set(before)) or depends or is_subject or bool(_SELLS & set(after))
            )
            is_sold_to = before[-1:] in (["to"], ["a"], ["vers"]) and bool(_SELLS & spoken)
            buys = not sells and bool(is_sold_to or _SUPPLIES & set(before) or _BUYS & set(after))
            is_people = name in adjectives() and code not in AREAS
            if code not in [place.code for place in places]:
                places.append(Place(code, label, sells or is_people, buys))
            text = f"{text[:at]} {text[at + len(name) + 2 :]}"
    return places, text
