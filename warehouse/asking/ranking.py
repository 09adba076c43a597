"""Rank the answers by how well they fit the words of a person."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.asking.asked import Asked
from warehouse.asking.examples import examples
from warehouse.asking.names import Names
from warehouse.asking.pages import OTHERS, answer_pages, is_heard, rarity, texts_of, words_of
from warehouse.asking.spans import Years
from warehouse.asking.words import meanings, stems

SURE = 0.45
"""Minimum share of the words, by weight, that an answer must explain to be listed by a search."""
CLEARLY = 0.75
"""Minimum lead over the next best score at which an answer is given without asking back.

With this lead, one in 180 of the phrasings is answered wrongly, each measured as if it were not an
example.
"""
HEARD = 2
"""Minimum number of known words or names at which the lead `CLEARLY` is enough."""
OF_ONE_WORD = 1.5
"""Minimum lead if only one word or name is known, because that is rarely enough for a clear answer."""
UNDERSTOOD = 0.6
"""Minimum share of known words for a clear answer, whatever they mean.

The lead is multiplied by the share that is known.
"""
FAR = 1.1
"""Minimum lead, after that, at which unknown words and names do not prevent a clear answer."""
FEW = 0.4
"""Minimum share of known words even then."""
GROUND = 0.2
"""Minimum share of the words, by weight, that a clear answer must explain by its own words."""
FIT = 3.0
"""Weight of the fit to an answer's phrasings, relative to 1 for the score by the answer's own words."""
FAINT = 0.1
"""Fit that an answer with none of the words must exceed to be a possible answer."""
OF_ITS_OWN = 1.6
"""Factor on the score by words of our own answers about one mineral, if a mineral is named.

The mineral's own sheet then comes before a question on many minerals.
"""
TWINS = ({"4", "without"}, {"china", "suppliers"}, {"15", "stocks"})
"""Pairs of answers of which either is right if both fit: one is given, and the other offered with it."""
_OF_ALL = ("age", "changes", "duty")
"""Our own answers that need no mineral."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: its score, and the share of the words by weight that it explains.

    ``names`` are what it is filtered by. ``heard`` is the number of the person's words and names that are
    known, and ``understood`` is the share of the words, without names, that is known.
    """

    answer: str
    text: str
    score: float
    explained: float
    names: Sequence[str] = ()
    heard: int = 0
    understood: float = 1

    @property
    def command(self) -> str:
        """The command that asks for it unambiguously: its name, and what it is filtered by."""
        return f"minerals ask {shlex.join(self.typed)}"

    @property
    def typed(self) -> list[str]:
        """The words that ask for it unambiguously."""
        return [self.answer, *self.names]


def rank(asked: Asked, known: Names, *, is_unseen: bool = False) -> list[Candidate]:
    """Return every answer that shares words with the question or fits it, the most likely first.

    A score is the sum of three parts: the weight of the words that the answer has, relative to that of the
    best answer; the share of all words that it explains; and its fit to the phrasings, times `FIT`. With
    ``is_unseen``, the fit is as if these very words were not an example.
    """
    own = _by_words(asked)
    most = max((score for score, _ in own.values()), default=0)
    fits = examples(known).fit(asked, is_unseen=is_unseen)
    heard, understood = _heard(asked)
    found = []
    for answer, text, _ in answer_pages():
        if not answer.isdigit() and not asked.mineral_id and answer not in _OF_ALL:
            continue
        by_words, explained = own[answer]
        if by_words > 0 or fits[answer] > FAINT:
            score = (by_words / most if most else 0) + explained + FIT * fits[answer]
            of_all = answer.isdigit() or answer in _OF_ALL[:2]
            names = () if of_all else _names(answer, asked)
            found.append(Candidate(answer, text, score, explained, names, heard, understood))
    return sorted(found, key=lambda one: (-one.score, not one.answer.isdigit(), one.answer))


def _heard(asked: Asked) -> tuple[int, float]:
    """Return the number of known words and names, and the share of the words without names that is known."""
    names = len(asked.places) + bool(asked.mineral_id) + len(asked.also) + bool(asked.when)
    of_phrases = sum(len(one.split()) for one in asked.wanted if " " in one)
    known = of_phrases + sum(map(is_heard, asked.left))
    whole = of_phrases + len(asked.left)
    return names + known, known / whole if whole else 1.0


def _by_words(asked: Asked) -> dict[str, tuple[float, float]]:
    """Return, for each answer, the weight of its words in the question and the share of the total weight."""
    weight_of = rarity()
    unheard = math.log(1 + len(answer_pages()))
    named = stems(" ".join([asked.mineral_words or "", *(place.name for place in asked.places)]))
    whole = sum(weight_of.get(stem, _meant(stem) or unheard) for stem in asked.wanted)
    found = {}
    for answer, _, page in answer_pages():
        weights = []
        for stem in asked.wanted:
            means = dict.fromkeys(meanings().get(stem, ()), 0.7) | {stem: 1.0}
            most = weight_of.get(stem, unheard)
            weights.append(
                max(page.get(one, 0) * min(weight_of.get(one, 0), most) * by for one, by in means.items())
            )
        of_names = sum(0.25 * page.get(stem, 0) * weight_of.get(stem, 0) for stem in named)
        score = sum(weights) + of_names
        if asked.mineral_id and not answer.isdigit() and answer not in ("age", "changes"):
            score *= OF_ITS_OWN
        found[answer] = (score, sum(weights) / whole if whole else float(not asked.wanted))
    return found


def _names(answer: str, asked: Asked) -> list[str]:
    """Return what an answer is filtered by, as a person types it after the answer's name."""
    places = [word for place in asked.places for word in (["from"] if place.is_origin else []) + [place.name]]
    days = [str(asked.days), "days"] if asked.days and answer == "without" else []
    when = str(asked.when).split() if asked.when and asked.when != Years(None, None) else []
    return [*([asked.mineral_id] if asked.mineral_id else []), *places, *days, *when]


def of_one_subject(asked: Asked) -> str | None:
    """Return the one subject of a mineral's sheet, or the sheet, that alone has all the words."""
    if not asked.mineral_id or asked.also or not asked.wanted:
        return None
    subjects = [name for name in texts_of() if not name.isdigit() and name not in {*OTHERS} - {"sheet"}]
    found = [name for name in subjects if set(asked.wanted) <= words_of(name)]
    return found[0] if len(found) == 1 else None


def is_clear(best: Candidate, others: Sequence[Candidate]) -> bool:
    """Return whether enough of the words are known and an answer is far enough ahead of the others."""
    lead = _lead(best, others)
    is_understood = best.understood >= UNDERSTOOD or is_far_ahead(best, others)
    is_grounded = is_understood and best.explained >= GROUND
    return is_grounded and lead >= (CLEARLY if best.heard >= HEARD else OF_ONE_WORD)


def is_far_ahead(best: Candidate, others: Sequence[Candidate]) -> bool:
    """Return whether an answer fits so much better than the others that unknown words change nothing."""
    is_heard_enough = best.heard > HEARD and best.understood >= FEW
    return is_heard_enough and best.explained >= GROUND and _lead(best, others) >= FAR


def _lead(best: Candidate, others: Sequence[Candidate]) -> float:
    """Return the lead over the next best answer, times the share of the words that is known."""
    behind = max((one.score for one in others if {best.answer, one.answer} not in TWINS), default=0)
    return (best.score - behind) * best.understood


def unheard(asked: Asked) -> list[str]:
    """Return the words that are not known, in lower case."""
    return [word for word in asked.left if not word.isdigit() and not is_heard(word)]


def _meant(stem: str) -> float:
    return max((rarity().get(one, 0) for one in meanings().get(stem, ())), default=0)
