"""The words of readers: stems, phrases and meanings, and which words stand for what is not held."""

import csv
import re
from dataclasses import dataclass
from functools import cache

from warehouse.book import FOLDER, plain

STEM = 5
"""Letters of a word that count."""
SHORTEST = 3
"""Letters that a word keeps when its ending is taken off."""
_ENDINGS = ("ing", "ed", "e")
_FILLING = (
    "a about all an and any are as at be been being big biggest by can could did do does doing for from"
    " getting give had has have how i if in into is it its largest list main many me mineral minerals"
    " more most much my now of on or our pays países percent percentage please s show should tell than"
    " that the their them there these they think this those to today top was we were what when where"
    " us which who whom whose why will with would you your al algunos como con cual cuales cuál cuáles"
    " cuando cuánto cuanto cuanta cuánta de del el en es esta este estos ha hay la las le lo los más mas"
    " minerales nos nuestro para por que qué quien quién se ser si sobre son su sus tan un una y au aux"
    " avec ce ces cet cette combien comment d dans des du elle est et il ils l les leur minéraux notre"
    " data datos données figure figures cifra cifras chiffre chiffres number numbers números nombre"
    " nous ont où ou par pour qu quand quel quelle quelles quels qui quoi sont sur une vers"
)
FILLERS = frozenset(map(plain, _FILLING.split()))
"""Words that do not say what is asked."""
_GRAMMAR = (
    "t re ll ve d m also although another because before between both but cannot cant don doesn isn even"
    " ever every few something anything someone x go goes going got he her here his however just keep let"
    " like lot lots may might mean matter mostly must need needs no none nor not off one only other others"
    " out own per put quite raw really same she since so some still stuff such take than then thing things"
    " too up upon very want way well whether while who without yet algo alguna algún ahora así aun aunque"
    " cada casi cierto ciertos cosa cosas desde donde dónde durante ella ellos entre era fue han hacia"
    " hasta mismo mismos mucho muy ni ningún ninguna no nada o otra otras otro otros pero poco porque"
    " puede pueden sin solo sólo también tiene tienen todo todos u usted ya afin ailleurs ainsi alors"
    " après assez aucun aucune aujourd aussi autre autres avant beaucoup bien car cela celui certains"
    " chaque chez contre depuis donc doit dont elles encore ensuite entre été etc eux fait faut font"
    " fortement hui jamais leurs lors lorsque lui mais même mêmes moins ne ni non notamment on pas pendant"
    " peu peut peuvent plus plusieurs pourquoi presque puis quelque quelques rien sans selon ses si sous"
    " surtout tant tel tous tout toute toutes très trop voici vos votre y tomorrow mañana demain"
)
GRAMMAR = FILLERS | frozenset(map(plain, _GRAMMAR.split()))
"""Words that are never goods or names, and are understood without a meaning."""
_ASKING = (
    "who whom whose which what how much many long when where why most largest biggest top least fewest worst"
    " best first more less all each every total quienes quien cual cuales cuánto cuánta cuántos cuándo dónde"
    " más menos mayor menor qui quel quelle quels quelles combien quand où pourquoi plus moins"
)
ASKING = frozenset(map(plain, _ASKING.split()))
"""Words that say what kind of answer is wanted, or its place in an order."""
_PRICE = re.compile(r"(?:\$|\busd)\s*(\d+(?:\.\d+)?)|\b(\d+(?:\.\d+)?)\s*(?:\$|usd\b|dollars?\b)")


@dataclass(frozen=True, slots=True)
class NotHeld:
    """A kind of figure that is not held, and what comes nearest to it."""

    subject: str
    instead: str


def stems(text: str) -> list[str]:
    """Words without their endings, so that exports, exporting and exporter are one; without fillers."""
    return list(dict.fromkeys(stem_of(word) for word in plain_words(text).split() if word not in FILLERS))


def stem_of(word: str) -> str:
    """The beginning of a word without its ending."""
    if len(word) > SHORTEST and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    end = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= SHORTEST), "")
    return word.removesuffix(end)[:STEM]


def price_of(words: str) -> float | None:
    """The amount in dollars that words name."""
    found = _PRICE.search(words.lower())
    return float(found[1] or found[2]) if found else None


def not_held(words: str) -> NotHeld | None:
    """The kind of figure that words ask for and that the warehouse does not hold."""
    text = f" {plain_words(words)} "
    return next((kind for kind, word in _not_held() if f" {word} " in text), None)


@cache
def phrases() -> list[str]:
    """Phrases of readers, the longest first."""
    return sorted({word for _, word in thesaurus() if " " in word}, key=lambda one: (-len(one), one))


@cache
def meanings() -> dict[str, list[str]]:
    """Stems that a word or phrase of readers means in the words of the answers, in three languages."""
    found: dict[str, list[str]] = {}
    for means, word in thesaurus():
        for one in [word] if " " in word else stems(word):
            found.setdefault(one, []).extend(stems(means))
    in_english: dict[str, list[str]] = {}
    for english, word in translations():
        for one in stems(word):
            in_english.setdefault(one, []).extend(stems(english))
    for one, words in in_english.items():
        # a translated word means what it means in English
        further = [stem for word in words for stem in found.get(word, ())]
        found.setdefault(one, []).extend(stem for stem in [*words, *further] if stem != one)
    return {one: list(dict.fromkeys(means)) for one, means in found.items()}


@cache
def thesaurus() -> list[tuple[str, str]]:
    """Words of the answers, and a word or phrase with which readers mean them."""
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["means"], plain_words(word)) for row in rows for word in row["words"].split(";")]


def translated(word: str) -> list[str]:
    """The English stems that a Spanish or French word of the field has."""
    stem = stem_of(plain_words(word))
    return list(
        dict.fromkeys(
            one for english, other in translations() if stem_of(other) == stem for one in stems(english)
        )
    )


@cache
def translations() -> list[tuple[str, str]]:
    """English words of the field, and a Spanish or French word for them."""
    with (FOLDER / "lexicon.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["english"], plain_words(word))
        for row in rows
        for word in f"{row['spanish']} {row['french']}".split()
    ]


@cache
def _not_held() -> list[tuple[NotHeld, str]]:
    with (FOLDER / "not_held.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (NotHeld(row["subject"], row["instead"]), plain_words(word))
        for row in rows
        for word in row["words"].split(";")
    ]


@cache
def asked_for() -> dict[str, str]:
    """Each answer, and the words by which readers ask for it."""
    with (FOLDER / "asked_for.csv").open(encoding="utf-8", newline="") as file:
        return {row["answer"]: row["words"] for row in csv.DictReader(file)}


@cache
def phrasings() -> list[dict[str, str]]:
    """Phrasings with the answer that each asks for, and the round in which it was written."""
    with (FOLDER / "phrasings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain_words(text: str) -> str:
    """A text in small letters without accents and signs."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))
