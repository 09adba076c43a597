"""The words of readers: stems, phrases and meanings, and words for figures that are not held."""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache

from warehouse.book import FOLDER, plain

STEM = 5
"""Maximum number of letters in a stem; further letters do not count."""
SHORTEST = 3
"""Minimum number of letters that a word keeps when its ending is removed."""
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
    " stay stays staying remain remains remaining too up upon very want way well whether while who without"
    " yet algo alguna algún ahora así aun aunque"
    " cada casi cierto ciertos cosa cosas desde donde dónde durante ella ellos entre era fue han hacia"
    " hasta mismo mismos mucho muy ni ningún ninguna no nada o otra otras otro otros pero poco porque"
    " puede pueden sin solo sólo también tiene tienen todo todos u usted ya afin ailleurs ainsi alors"
    " après assez aucun aucune aujourd aussi autre autres avant beaucoup bien car cela celui certains"
    " chaque chez contre depuis donc doit dont elles encore ensuite entre été etc eux fait faut font"
    " fortement hui jamais leurs lors lorsque lui mais même mêmes moins ne ni non notamment on pas pendant"
    " peu peut peuvent plus plusieurs pourquoi presque puis quelque quelques rien sans selon ses si sous"
    " surtout tant tel tous tout toute toutes très trop voici vos votre y extent punto tomorrow mañana demain"
)
_COURTESY = (
    "hi hello hey dear thank thanks thankyou kindly regards cheers sir madam team folks guys anybody anyone"
    " nobody everybody everyone somebody someone wonder wondering curious maybe perhaps actually basically"
    " roughly exactly currently quickly ask asking say says told knows answer answers hola buenos buenas"
    " favor gracias saludos saber sabe sabes decir decirme dime digame alguien nadie gustaria quisiera quiero"
    " podria bonjour bonsoir salut merci svp stp cordialement dire dites moi savoir sais quelqu personne"
    " voudrais aimerais pourriez"
)
GRAMMAR = FILLERS | frozenset(map(plain, f"{_GRAMMAR} {_COURTESY}".split()))
"""Words that are never goods or names, and that need no meaning to be understood."""
_ASIDE = re.compile(
    r"(?:(?<=[.,;:!?\n])|^)\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)"
    r"|i ?['\u2019]? ?a?m|my name|(?:many |with )?(?:kind |best )?(?:regards|wishes)"
    r"|thanks|thank you|cheers|yours|sincerely|hola|buen[oa]s|soy|me llamo|saludos"
    r"|bonjour|bonsoir|salut|je suis|je m['\u2019]appelle|cordialement)\b"
    r"[^.,;:!?\n]*(?:[.,;:!?\n]|$)",
    re.IGNORECASE,
)
"""A greeting or a word on the person, between marks of punctuation."""
_ASKING = (
    "who whom whose which what how much many long when where why most largest biggest top least fewest worst"
    " best first more less all each every total quienes quien cual cuales cuánto cuánta cuántos cuándo dónde"
    " más menos mayor menor qui quel quelle quels quelles combien quand où pourquoi plus moins"
)
ASKING = frozenset(map(plain, _ASKING.split()))
"""Words for the kind of answer that is wanted, or for its place in a ranking."""
_PRICE = re.compile(r"(?:\$|\busd)\s*(\d+(?:\.\d+)?)|\b(\d+(?:\.\d+)?)\s*(?:\$|usd\b|dollars?\b)")


@dataclass(frozen=True, slots=True)
class NotHeld:
    """A kind of figure that is not held, and the closest figure to ask for instead."""

    subject: str
    instead: str


def stems(text: str) -> list[str]:
    """Return the stems of words without fillers; exports, exporting and exporter have the same stem."""
    return list(dict.fromkeys(stem_of(word) for word in plain_words(text).split() if word not in FILLERS))


def without_asides(words: str) -> str:
    """Return words without greetings and words on the person who asks, or all if nothing else is there."""
    before, bare = words, _ASIDE.sub(" ", words)
    while bare != before:
        before, bare = bare, _ASIDE.sub(" ", bare)
    return bare if plain_words(bare) else words


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """Return the beginning of a word, without its ending."""
    if len(word) > SHORTEST and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    end = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= SHORTEST), "")
    return word.removesuffix(end)[:STEM]


def price_of(words: str) -> float | None:
    """Return the amount in dollars that words name; None if they name none."""
    found = _PRICE.search(words.lower())
    return float(found[1] or found[2]) if found else None


def not_held(words: str) -> NotHeld | None:
    """Return the kind of figure that words ask for and the warehouse does not hold; None without one."""
    text = f" {plain_words(words)} "
    return next((kind for kind, words in _not_held() if words.search(text)), None)


@cache
def phrases() -> list[str]:
    """Return the phrases of readers, the longest first."""
    return sorted({word for _, word in thesaurus() if " " in word}, key=lambda one: (-len(one), one))


@cache
def meanings() -> dict[str, list[str]]:
    """Return the meanings of each word or phrase of readers, in three languages.

    A meaning is a stem of the words of the answers.
    """
    found: dict[str, list[str]] = {}
    for means, word in thesaurus():
        for one in [word] if " " in word else stems(word):
            found.setdefault(one, []).extend(stems(means))
    in_english: dict[str, list[str]] = {}
    for english, word in translations():
        for one in stems(word):
            in_english.setdefault(one, []).extend(stems(english))
    for one, words in in_english.items():
        # a translated word has the meanings of its English word
        further = [stem for word in words for stem in found.get(word, ())]
        found.setdefault(one, []).extend(stem for stem in [*words, *further] if stem != one)
    return {one: list(dict.fromkeys(means)) for one, means in found.items()}


@cache
def thesaurus() -> list[tuple[str, str]]:
    """Return pairs of words of the answers and a word or phrase that readers use for them."""
    with (FOLDER / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["means"], plain_words(word)) for row in rows for word in row["words"].split(";")]


def translated(word: str) -> list[str]:
    """Return the English stems for a Spanish or French word of the field."""
    return _in_english().get(stem_of(plain_words(word)), [])


@cache
def _in_english() -> dict[str, list[str]]:
    """Return the English stems for each stem of a Spanish or French word of the field."""
    found: dict[str, list[str]] = {}
    for english, word in translations():
        known = found.setdefault(stem_of(word), [])
        known += [stem for stem in stems(english) if stem not in known]
    return found


@cache
def translations() -> list[tuple[str, str]]:
    """Return pairs of English words of the field and a Spanish or French word for them."""
    with (FOLDER / "lexicon.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (row["english"], plain_words(word))
        for row in rows
        for word in f"{row['spanish']} {row['french']}".split()
    ]


@cache
def _not_held() -> list[tuple[NotHeld, re.Pattern[str]]]:
    """Return kinds of figures with the words for each.

    In the words, ``...`` is any other words, and ``|`` separates words of which any one is meant.
    """
    with (FOLDER / "not_held.csv").open(encoding="utf-8", newline="") as file:
        return [
            (NotHeld(row["subject"], row["instead"]), _any_of(row["words"])) for row in csv.DictReader(file)
        ]


def _any_of(words: str) -> re.Pattern[str]:
    each = (r" (?:\w+ ){1,6}".join(map(_pattern, one.split("..."))) for one in words.split(";"))
    return re.compile(f" (?:{'|'.join(each)}) ")


def _pattern(words: str) -> str:
    return " ".join(f"(?:{'|'.join(map(plain_words, word.split('|')))})" for word in words.split())


@cache
def asked_for() -> dict[str, str]:
    """Return the words that readers use to ask for each answer."""
    with (FOLDER / "asked_for.csv").open(encoding="utf-8", newline="") as file:
        return {row["answer"]: row["words"] for row in csv.DictReader(file)}


@cache
def phrasings() -> list[dict[str, str]]:
    """Return the phrasings, each with the answer that it asks for and the round in which it was written."""
    with (FOLDER / "phrasings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=50_000)
def plain_words(text: str) -> str:
    """Return a text in lower case, without accents or punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text)))
