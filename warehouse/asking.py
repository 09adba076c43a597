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
from difflib import get_close_matches
from functools import cache

import duckdb
from babel import Locale

from warehouse.book import FOLDER, plain, questions
from warehouse.sheet import FOLDER as SHEET

STEM = 5
"""Letters of a word that count."""
SHORTEST = 3
"""Letters that a word keeps when its ending is taken off."""
_ENDINGS = ("ing", "ed", "e")
AREAS = ("USA", "CAN", "MEX", "USMCA")
SURE = 0.45
"""Share of the words, by weight, that an answer must explain to be given without asking back."""
LEAST = 2.2
"""Score of an answer from which it can be clear: one word that many answers have is no ground."""
ALIKE = 0.85
"""How like a known word an unknown one must be to be taken for it."""
AHEAD = 0.93
"""The next best answer must fall so far short of the best that explains all words."""
LEEWAY = 0.6
"""An answer that explains less must be the further ahead: by so much for all of the words."""
OF_ITS_OWN = 1.6
"""Where a mineral is named, its own sheet comes before a question on many."""
OTHERS: Mapping[str, str] = {
    "age": "How far the figures reach, when they were fetched and from where",
    "duty": "US duty on goods from a country, on a day and a year before",
    "without": "US shortfall of a mineral without one supplier for some days",
    "changes": "What the last publication changed, what was revised, and what is due",
    "sheet": "All that is held of one mineral",
    "floor": "US imports against a price floor that you name, in the newest twelve months with weights",
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
    " data datos données figure figures cifra cifras chiffre chiffres number numbers números nombre"
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
_ALIAS = re.compile(r"\bas (\w+)")
"""Columns that a question of the book names itself."""
_PRICE = re.compile(r"(?:\$|\busd)\s*(\d+(?:\.\d+)?)|\b(\d+(?:\.\d+)?)\s*(?:\$|usd\b|dollars?\b)")
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
    """Some words, taken apart; ``wanted`` are the stems that say what is asked, ``left`` the words.

    ``also`` are minerals named after the first, ``usd`` a price.
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that could be meant: how well it fits, and the share of the words that it explains."""

    answer: str
    text: str
    score: float
    explained: float
    mineral_id: str | None = None

    @property
    def command(self) -> str:
        """How a person gets it for sure."""
        return " ".join(["minerals ask", self.answer, *([self.mineral_id] if self.mineral_id else [])])


@dataclass(frozen=True, slots=True)
class NotHeld:
    """A kind of figure that is not held, and what comes nearest to it."""

    subject: str
    instead: str


def names(con: duckdb.DuckDBPyConnection) -> Names:
    """Read the names that a publication knows."""
    return Names(_mineral_names(con), _symbols(con), _place_names(con))


def read(known: Names, words: str) -> Asked:
    """Take words apart by the names that are known."""
    original = re.sub(r"['\u2019]s?\b", " ", words)
    text = f" {_plain(original)} "
    named: list[Named] = []
    symbols = [(_plain(name), found) for name, found in known.symbols if f" {name} " in f" {original} "]
    for name, (found, label) in [*known.minerals, *symbols]:
        for form in (name, f"{name}s"):
            if f" {form} " in text:
                if found not in [one for _, (one, _) in named]:
                    named.append((name, (found, label)))
                text = text.replace(f" {form} ", " ")
    called, (mineral_id, mineral) = named[0] if named else (None, (None, None))
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
    year = year_of(text)
    text = _CRITICAL.sub(" ", _YEAR.sub(" ", text))
    if days:
        text = text.replace(days[1], " ", 1)
    said = [phrase for phrase in _phrases() if f" {phrase} " in text]
    for phrase in said:
        text = text.replace(f" {phrase} ", " ")
    text = " ".join(map(_spelled, text.split()))
    return Asked(
        words=words,
        mineral_id=mineral_id,
        mineral=mineral,
        mineral_words=called,
        places=places,
        year=year,
        days=int(days[1]) if days else None,
        wanted=[*said, *stems(text)],
        left=[word for word in text.split() if word not in _FILLERS],
        usd=price_of(words),
        also=named[1:],
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
            of_mineral = None if answer.isdigit() or answer in _OF_ALL[:2] else asked.mineral_id
            found.append(Candidate(answer, text, score, explained, of_mineral))
    return sorted(found, key=lambda one: (-one.score, not one.answer.isdigit(), one.answer))


def is_clear(best: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether an answer explains enough of the words and is far enough ahead of the others."""
    furthest = AHEAD - LEEWAY * (1 - min(best.explained, 1))
    is_grounded = best.explained >= SURE and best.score >= LEAST
    return is_grounded and all(one.score <= furthest * best.score for one in others)


def unheard(asked: Asked) -> list[str]:
    """The words that no answer is asked by, as they were written in small letters."""
    return [word for word in asked.left if not word.isdigit() and not _is_known(_stem(word))]


def price_of(words: str) -> float | None:
    """The amount in dollars that words name."""
    found = _PRICE.search(words.lower())
    return float(found[1] or found[2]) if found else None


def year_of(words: str) -> int | None:
    """The year that words name."""
    found = _YEAR.search(words)
    return int(found[0]) if found else None


def not_held(words: str) -> NotHeld | None:
    """The kind of figure that words ask for and that the warehouse does not hold."""
    text = f" {_plain(words)} "
    return next((kind for kind, word in _not_held() if f" {word} " in text), None)


def stems(text: str) -> list[str]:
    """Words without their endings, so that exports, exporting and exporter are one; without fillers."""
    return list(dict.fromkeys(_stem(word) for word in _plain(text).split() if word not in _FILLERS))


def _stem(word: str) -> str:
    if len(word) > SHORTEST and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    end = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= SHORTEST), "")
    return word.removesuffix(end)[:STEM]


def words_of(answer: str) -> frozenset[str]:
    """The stems that an answer is asked by."""
    return frozenset(stem for name, _, page in _pages() if name == answer for stem in page)


def _meant(stem: str) -> float:
    return max((_rarity().get(one, 0) for one in _meanings().get(stem, ())), default=0)


@cache
def _pages() -> list[tuple[str, str, dict[str, float]]]:
    """Each answer with its text and the stems that it is asked by."""
    words = _asked_for()
    book = {str(question.number): question for question in questions()}
    texts = {number: question.text for number, question in book.items()}
    for path in sorted(SHEET.glob("*.sql")):
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
def _rarity() -> dict[str, float]:
    """What each stem weighs: the fewer answers have it, the more."""
    pages = _pages()
    spread = Counter(stem for _, _, page in pages for stem in page)
    return {stem: math.log(1 + len(pages) / count) for stem, count in spread.items()}


@cache
def _meanings() -> dict[str, list[str]]:
    """Stems that a word or phrase of readers means in the words of the answers."""
    found: dict[str, list[str]] = {}
    for means, word in _thesaurus():
        for one in [word] if " " in word else stems(word):
            found.setdefault(one, []).extend(stems(means))
    return found


@cache
def _phrases() -> list[str]:
    """Phrases of readers, the longest first."""
    return sorted({word for _, word in _thesaurus() if " " in word}, key=lambda one: (-len(one), one))


@cache
def _thesaurus() -> list[tuple[str, str]]:
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["means"], _plain(word)) for row in rows for word in row["words"].split(";")]


@cache
def _not_held() -> list[tuple[NotHeld, str]]:
    with (FOLDER / "not_held.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (NotHeld(row["subject"], row["instead"]), _plain(word))
        for row in rows
        for word in row["words"].split(";")
    ]


@cache
def _vocabulary() -> frozenset[str]:
    """All words that an answer is asked by, and those of readers."""
    pages = " ".join(_asked_for().values())
    texts = " ".join(f"{question.text} {question.name}" for question in questions())
    others = " ".join([*OTHERS.values(), *(word for _, word in _thesaurus())])
    return frozenset(_plain(f"{pages} {texts} {others}").split())


@cache
def _spelled(word: str) -> str:
    """A word as it is known, where it is one letter or two away from a known one."""
    if len(word) < STEM or word in _FILLERS or word in _vocabulary() or _is_known(_stem(word)):
        return word
    near = get_close_matches(word, sorted(_vocabulary()), 1, ALIKE)
    return near[0] if near else word


def _is_known(stem: str) -> bool:
    return stem in _rarity() or stem in _meanings()


@cache
def _asked_for() -> dict[str, str]:
    with (FOLDER / "asked_for.csv").open(encoding="utf-8", newline="") as file:
        return {row["answer"]: row["words"] for row in csv.DictReader(file)}


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
