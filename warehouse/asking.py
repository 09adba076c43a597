"""What a person asks in words of their own: which answer fits, of which mineral, country and year.

Names of minerals, countries, years and numbers of days are taken out of the words first. The others are held
against what each answer is asked for: the text of a question of the book, the title of a subject of a
mineral's sheet, and the words of readers in `queries/asked_for.csv`, in three languages.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb
from babel import Locale

from warehouse.book import FOLDER, plain, questions
from warehouse.sheet import FOLDER as SHEET

STEM = 5
AREAS = ("USA", "CAN", "MEX", "USMCA")
SURE = 0.6
"""Share of the words, by weight, that an answer must explain to be given without asking back."""
AHEAD = 0.93
"""The next best answer must fall so far short of the best."""
OF_ITS_OWN = 1.6
"""Where a mineral is named, its own sheet comes before a question on many."""
OTHERS: Mapping[str, str] = {
    "age": "How far the figures reach, when they were fetched and from where",
    "duty": "US duty on goods from a country, on a day and a year before",
    "without": "US shortfall of a mineral without one supplier for some days",
    "changes": "What the last publication changed, what was revised, and what is due",
    "sheet": "All that is held of one mineral",
}
"""Answers that are neither a question of the book nor a subject of a sheet."""
_FILLING = (
    "a about all an and any are as at be been being big biggest by can could did do does doing for from"
    " getting give had has have how i if in into is it its largest list main many me mineral minerals"
    " more most much my now of on or our pays países percent percentage please s show should tell than"
    " that the their them there these they think this those to today top was we were what when where"
    " which who whom whose why will with would you your al algunos como con cual cuales cuál cuáles"
    " cuando cuánto cuanto cuanta cuánta de del el en es esta este estos ha hay la las le lo los más mas"
    " minerales nos nuestro para por que qué quien quién se ser si sobre son su sus tan un una y au aux"
    " avec ce ces cet cette combien comment d dans des du elle est et il ils l les leur minéraux notre"
    " nous ont où ou par pour qu quand quel quelle quelles quels qui quoi sont sur une vers"
)
_FILLERS = frozenset(map(plain, _FILLING.split()))
_SELLING = "sell sells export exports ship ships send sends supply supplies vende exporta vend exporte"
_SELLS = frozenset(_SELLING.split())
"""Words behind the name of a country that make it a seller."""
_OF_ALL = ("age", "changes", "duty")
"""Answers of our own that need no mineral."""
_CRITICAL = re.compile(r"\b(critical minerals?|minerale?s criticos?|mineraux critiques)\b")
_DAYS = re.compile(r"\b(\d{1,4}) (days?|dias?|jours?)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A country or area that is named: its code, its name, and whether goods come from there."""

    code: str
    name: str
    is_origin: bool


Named = tuple[str, tuple[str, str]]
"""A name in small letters or a symbol as it is written, and the code and label of what has it."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a publication knows: of minerals and places the longest first."""

    minerals: Sequence[Named]
    symbols: Sequence[Named]
    places: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Asked:
    """Some words, taken apart; ``wanted`` are the stems that say what is asked, ``left`` the words."""

    words: str
    mineral_id: str | None
    mineral: str | None
    mineral_words: str | None
    places: Sequence[Place]
    year: int | None
    days: int | None
    wanted: Sequence[str]
    left: Sequence[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that could be meant: how well it fits, and the share of the words that it explains."""

    answer: str
    text: str
    score: float
    explained: float

    @property
    def command(self) -> str:
        """How a person gets it for sure."""
        return f"minerals ask {self.answer}"


def names(con: duckdb.DuckDBPyConnection) -> Names:
    """Read the names that a publication knows."""
    return Names(_mineral_names(con), _symbols(con), _place_names(con))


def read(known: Names, words: str) -> Asked:
    """Take words apart by the names that are known."""
    original = re.sub(r"['\u2019]s?\b", " ", words)
    text = f" {_plain(original)} "
    mineral_id = mineral = called = None
    symbols = [(_plain(name), found) for name, found in known.symbols if f" {name} " in f" {original} "]
    for name, (found, label) in [*known.minerals, *symbols]:
        for form in (name, f"{name}s"):
            if f" {form} " in text:
                mineral_id, mineral, called = found, label, name
                text = text.replace(f" {form} ", " ")
                break
        if mineral_id:
            break
    places: list[Place] = []
    for name, (code, label) in known.places:
        # the pronoun is no country
        if name == "us" and not re.search(r"\bU\.?S\b", original):
            continue
        while (at := text.find(f" {name} ")) >= 0:
            before, after = text[:at].split()[-2:], text[at + len(name) + 2 :].split()[:1]
            sells = bool({"from", "desde"} & set(before)) or bool(_SELLS & set(after))
            is_people = name in _adjectives() and code not in AREAS
            if code not in [place.code for place in places]:
                places.append(Place(code, label, sells or is_people))
            text = f"{text[:at]} {text[at + len(name) + 2 :]}"
    days = _DAYS.search(text)
    year = _YEAR.search(text)
    text = _CRITICAL.sub(" ", _YEAR.sub(" ", text))
    if days:
        text = text.replace(days[1], " ", 1)
    return Asked(
        words=words,
        mineral_id=mineral_id,
        mineral=mineral,
        mineral_words=called,
        places=places,
        year=int(year[0]) if year else None,
        days=int(days[1]) if days else None,
        wanted=stems(text),
        left=[word for word in text.split() if word not in _FILLERS],
    )


def rank(asked: Asked) -> list[Candidate]:
    """Every answer that shares words with what is asked, the likeliest first."""
    pages, rarity = _pages(), _rarity()
    unheard = math.log(1 + len(pages))
    named = stems(" ".join([asked.mineral_words or "", *(place.name for place in asked.places)]))
    found = []
    for answer, text, page in pages:
        weights = []
        for stem in asked.wanted:
            means = dict.fromkeys(_meanings().get(stem, ()), 0.7) | {stem: 1.0}
            most = rarity.get(stem, unheard)
            weights.append(
                max(page.get(one, 0) * min(rarity.get(one, 0), most) * by for one, by in means.items())
            )
        whole = sum(rarity.get(stem, _meant(stem) or unheard) for stem in asked.wanted)
        of_names = sum(0.25 * page.get(stem, 0) * rarity.get(stem, 0) for stem in named)
        if not answer.isdigit() and not asked.mineral_id and answer not in _OF_ALL:
            continue
        score = sum(weights) + of_names
        explained = sum(weights) / whole if whole else float(not asked.wanted)
        if asked.mineral_id and not answer.isdigit() and answer not in ("age", "changes"):
            score *= OF_ITS_OWN
        if score > 0:
            found.append(Candidate(answer, text, score, explained))
    return sorted(found, key=lambda one: (-one.score, not one.answer.isdigit(), one.answer))


def stems(text: str) -> list[str]:
    """Words cut to their first letters, so that exports, exporting and exporter are one; without fillers."""
    return list(dict.fromkeys(word[:STEM] for word in _plain(text).split() if word not in _FILLERS))


def words_of(answer: str) -> frozenset[str]:
    """The stems that an answer is asked by."""
    return frozenset(stem for name, _, page in _pages() if name == answer for stem in page)


def _meant(stem: str) -> float:
    return max((_rarity().get(one, 0) for one in _meanings().get(stem, ())), default=0)


@cache
def _pages() -> list[tuple[str, str, dict[str, float]]]:
    """Each answer with its text and the stems that it is asked by."""
    with (FOLDER / "asked_for.csv").open(encoding="utf-8", newline="") as file:
        words = {row["answer"]: row["words"] for row in csv.DictReader(file)}
    texts = {str(question.number): question.text for question in questions()}
    names = {str(question.number): question.name for question in questions()}
    for path in sorted(SHEET.glob("*.sql")):
        name = path.stem.partition("_")[2]
        if name != "duties":
            texts[name] = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("-- ")
    texts |= OTHERS
    return [
        (
            answer,
            text,
            dict.fromkeys(stems(text), 0.9)
            | dict.fromkeys(stems(names.get(answer, "")), 0.9)
            | dict.fromkeys(stems(words.get(answer, "")), 1.0),
        )
        for answer, text in texts.items()
    ]


@cache
def _rarity() -> dict[str, float]:
    """What each stem weighs: the fewer answers have it, the more."""
    pages = _pages()
    spread = Counter(stem for _, _, page in pages for stem in page)
    return {stem: math.log(1 + len(pages) / count) for stem, count in spread.items()}


@cache
def _meanings() -> dict[str, list[str]]:
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, list[str]] = {}
    for row in rows:
        for stem in stems(row["word"]):
            found.setdefault(stem, []).extend(stems(row["means"]))
    return found


def _mineral_names(con: duckdb.DuckDBPyConnection) -> list[Named]:
    """Names of minerals in three languages, the longest first."""
    rows = con.execute(
        """
        select names.mineral_name, minerals.mineral_id, minerals.name
        from core.dim_mineral_name as names
        inner join core.dim_mineral as minerals on names.mineral_id = minerals.mineral_id
        where names.lang != 'symbol' and length(names.mineral_name) > 2
        order by length(names.mineral_name) desc, names.mineral_name
        """
    ).fetchall()
    return [(_plain(name), (found, label)) for name, found, label in rows]


def _symbols(con: duckdb.DuckDBPyConnection) -> list[Named]:
    """Symbols of two letters, as they are written, that are no word of ours."""
    rows = con.execute(
        """
        select names.mineral_name, minerals.mineral_id, minerals.name
        from core.dim_mineral_name as names
        inner join core.dim_mineral as minerals on names.mineral_id = minerals.mineral_id
        where names.lang = 'symbol' and length(names.mineral_name) = 2
        """
    ).fetchall()
    return [(name, (found, label)) for name, found, label in rows if name.lower() not in _FILLERS]


def _place_names(con: duckdb.DuckDBPyConnection) -> list[Named]:
    """Names of countries in three languages and of peoples, the longest first."""
    rows = con.execute("select iso3, iso2, name from core.dim_country where iso3 != 'ZZZ'").fetchall()
    labels = {iso3: name for iso3, _, name in rows} | {"USMCA": "North America"}
    found: dict[str, str] = {}
    for code in ("es", "fr"):
        territories = Locale.parse(code).territories
        found |= {_plain(territories[iso2]): iso3 for iso3, iso2, _ in rows if iso2 in territories}
    found |= {_plain(name): iso3 for iso3, _, name in rows}
    found |= {_plain(word): iso3 for word, iso3 in _adjectives().items()}
    ordered = sorted(found.items(), key=lambda one: (-len(one[0]), one[0]))
    return [(name, (code, labels[code])) for name, code in ordered if code in labels]


@cache
def _adjectives() -> dict[str, str]:
    with (FOLDER / "peoples.csv").open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["place"] for row in csv.DictReader(file)}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))
