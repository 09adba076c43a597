"""Which answer fits the words of a person."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from warehouse.asking.asked import Asked
from warehouse.asking.examples import examples
from warehouse.asking.names import Names
from warehouse.asking.pages import answer_pages, is_known, rarity
from warehouse.asking.spans import Years
from warehouse.asking.words import GRAMMAR, meanings, stem_of, stems

SURE = 0.45
"""Share of the words, by weight, that an answer must explain to be given without asking back."""
LIKELY = 1.6
"""Score from which an answer can be clear by words and phrasings together."""
CLEARLY = 0.85
"""What it must then have more than the next best."""
GROUND = 0.2
"""Share of the words that it must then explain by its own."""
HEARD = 2
"""Words that must then be known."""
OF_FEW = 0.35
"""Share that it must explain where no more words are known than these: two words are soon like a phrasing."""
LEAST = 2.2
"""Score by words of an answer from which it can be clear: one word that many answers have is no ground."""
AHEAD = 0.93
"""The next best answer must fall so far short of the best that explains all words."""
LEEWAY = 0.6
"""An answer that explains less must be the further ahead: by so much for all of the words."""
ALIKE = 4.0
"""What likeness to the phrasings of an answer counts, against the words that the answer has."""
EXPLAINED = 1.0
"""What the share of the words that an answer explains counts."""
FAINT = 0.1
"""Likeness below which an answer that has none of the words is not meant."""
OF_ITS_OWN = 1.6
"""Where a mineral is named, its own sheet comes before a question on many."""
_OF_ALL = ("age", "changes", "duty")
"""Answers of our own that need no mineral."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that could be meant: how well it fits, and the share of the words that it explains.

    ``by_words`` is what its own words weigh, ``heard`` how many words of the person are known at all.
    """

    answer: str
    text: str
    score: float
    explained: float
    names: Sequence[str] = ()
    by_words: float = 0
    heard: int = 0

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

    A score is the part of the words that an answer has, against that of the best, and how like the words are
    to those of its phrasings; ``is_unseen`` leaves the very same words out of these.
    """
    own = _by_words(asked)
    most = max((score for score, _ in own.values()), default=0)
    heard = sum(is_known(stem) and stem not in _of_grammar() for stem in asked.wanted)
    alike = examples(known).similar(asked, is_unseen=is_unseen)
    found = []
    for answer, text, _ in answer_pages():
        if not answer.isdigit() and not asked.mineral_id and answer not in _OF_ALL:
            continue
        score, explained = own[answer]
        by_words = score / most if most else 0
        total = by_words + EXPLAINED * explained + ALIKE * alike[answer]
        if score > 0 or alike[answer] > FAINT:
            of_all = answer.isdigit() or answer in _OF_ALL[:2]
            names = () if of_all else _names(answer, asked)
            found.append(Candidate(answer, text, total, explained, names, score, heard))
    return sorted(found, key=lambda one: (-one.score, not one.answer.isdigit(), one.answer))


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
    """Whether an answer explains enough of the words and is far enough ahead of the others.

    It is far ahead by its words and phrasings together, or by its words alone if it comes first by both.
    """
    behind = max((one.score for one in others), default=0)
    ground = GROUND if best.heard > HEARD else OF_FEW
    is_likely = best.score >= LIKELY and best.explained >= ground and best.heard >= HEARD
    if is_likely and best.score - behind >= CLEARLY:
        return True
    furthest = AHEAD - LEEWAY * (1 - min(best.explained, 1))
    is_grounded = best.explained >= SURE and best.by_words >= LEAST
    return is_grounded and all(one.by_words <= furthest * best.by_words for one in others)


def unheard(asked: Asked) -> list[str]:
    """The words that no answer is asked by, as they were written in small letters."""
    return [word for word in asked.left if not word.isdigit() and not is_known(stem_of(word))]


@cache
def _of_grammar() -> frozenset[str]:
    return frozenset(map(stem_of, GRAMMAR))


def _meant(stem: str) -> float:
    return max((rarity().get(one, 0) for one in meanings().get(stem, ())), default=0)
