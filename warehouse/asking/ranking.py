"""Which answer fits the words of a person."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.asking.asked import Asked
from warehouse.asking.examples import examples
from warehouse.asking.names import Names
from warehouse.asking.pages import answer_pages, is_heard, rarity
from warehouse.asking.spans import Years
from warehouse.asking.words import meanings, stems

SURE = 0.45
"""Share of the words, by weight, that an answer must explain to be listed by a search."""
CLEARLY = 0.65
"""What an answer must have more than the next best to be given without asking back.

Of the phrasings, each measured as if it had never been seen, one in a hundred is then answered wrongly.
"""
HEARD = 2
"""Words or names that must then be known."""
OF_ONE_WORD = 1.5
"""What the answer must have more where only one is known: that is seldom ground enough."""
UNDERSTOOD = 0.6
"""Share of the words that must then be known, whatever they mean; the lead counts by this share."""
GROUND = 0.2
"""Share of the words, by weight, that the answer must then explain by its own."""
FIT = 3.0
"""What the fit to the phrasings of an answer counts, against the words that the answer has."""
FAINT = 0.1
"""Fit below which an answer that has none of the words is not meant."""
OF_ITS_OWN = 1.6
"""Where a mineral is named, its own sheet comes before a question on many."""
TWINS = ({"4", "without"}, {"china", "suppliers"}, {"15", "stocks"})
"""Answers of which either is right where both fit: the other is offered with it."""
_OF_ALL = ("age", "changes", "duty")
"""Answers of our own that need no mineral."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that could be meant: how well it fits, and the share of the words that it explains.

    ``heard`` is how many words and names of the person are known, and ``understood`` their share of all.
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
        """How a person gets it for sure: its name, and what it is narrowed to."""
        return f"minerals ask {shlex.join(self.typed)}"

    @property
    def typed(self) -> list[str]:
        """The words that give it for sure."""
        return [self.answer, *self.names]


def rank(asked: Asked, known: Names, *, is_unseen: bool = False) -> list[Candidate]:
    """Every answer that shares words with what is asked, the likeliest first.

    A score is the part of the words that an answer has, against that of the best, the share of all words
    that these are, and how well the words fit its phrasings; ``is_unseen`` leaves the very same words out.
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
    """How many words and names are known, and the share of the words, without names, that is known."""
    names = len(asked.places) + bool(asked.mineral_id) + len(asked.also) + bool(asked.when)
    of_phrases = sum(len(one.split()) for one in asked.wanted if " " in one)
    known = of_phrases + sum(map(is_heard, asked.left))
    whole = of_phrases + len(asked.left)
    return names + known, known / whole if whole else 1.0


def _by_words(asked: Asked) -> dict[str, tuple[float, float]]:
    """Of each answer, what its words weigh among those of a person, and the part of all that this is."""
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
    """What an answer is narrowed to, as it is typed behind its name."""
    places = [word for place in asked.places for word in (["from"] if place.is_origin else []) + [place.name]]
    days = [str(asked.days), "days"] if asked.days and answer == "without" else []
    when = str(asked.when).split() if asked.when and asked.when != Years(None, None) else []
    return [*([asked.mineral_id] if asked.mineral_id else []), *places, *days, *when]


def is_clear(best: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether enough of the words is known and an answer is far enough ahead of the others."""
    behind = max((one.score for one in others if {best.answer, one.answer} not in TWINS), default=0)
    lead = (best.score - behind) * best.understood
    is_grounded = best.understood >= UNDERSTOOD and best.explained >= GROUND
    return is_grounded and lead >= (CLEARLY if best.heard >= HEARD else OF_ONE_WORD)


def unheard(asked: Asked) -> list[str]:
    """The words that no answer is asked by, as they were written in small letters."""
    return [word for word in asked.left if not word.isdigit() and not is_heard(word)]


def _meant(stem: str) -> float:
    return max((rarity().get(one, 0) for one in meanings().get(stem, ())), default=0)
