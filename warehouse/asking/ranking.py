"""Which answer fits the words of a person."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.asking.asked import Asked
from warehouse.asking.pages import answer_pages, is_known, rarity
from warehouse.asking.spans import Years
from warehouse.asking.words import meanings, stem_of, stems

SURE = 0.45
"""Share of the words, by weight, that an answer must explain to be given without asking back."""
LEAST = 2.2
"""Score of an answer from which it can be clear: one word that many answers have is no ground."""
AHEAD = 0.93
"""The next best answer must fall so far short of the best that explains all words."""
LEEWAY = 0.6
"""An answer that explains less must be the further ahead: by so much for all of the words."""
OF_ITS_OWN = 1.6
"""Where a mineral is named, its own sheet comes before a question on many."""
_OF_ALL = ("age", "changes", "duty")
"""Answers of our own that need no mineral."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that could be meant: how well it fits, and the share of the words that it explains."""

    answer: str
    text: str
    score: float
    explained: float
    names: Sequence[str] = ()

    @property
    def command(self) -> str:
        """How a person gets it for sure: its name, and what it is narrowed to."""
        return f"minerals ask {shlex.join(self.typed)}"

    @property
    def typed(self) -> list[str]:
        """The words that give it for sure."""
        return [self.answer, *self.names]


def rank(asked: Asked) -> list[Candidate]:
    """Every answer that shares words with what is asked, the likeliest first."""
    pages, weight_of = answer_pages(), rarity()
    unheard = math.log(1 + len(pages))
    named = stems(" ".join([asked.mineral_words or "", *(place.name for place in asked.places)]))
    found = []
    for answer, text, page in pages:
        weights = []
        for stem in asked.wanted:
            means = dict.fromkeys(meanings().get(stem, ()), 0.7) | {stem: 1.0}
            most = weight_of.get(stem, unheard)
            weights.append(
                max(page.get(one, 0) * min(weight_of.get(one, 0), most) * by for one, by in means.items())
            )
        whole = sum(weight_of.get(stem, _meant(stem) or unheard) for stem in asked.wanted)
        of_names = sum(0.25 * page.get(stem, 0) * weight_of.get(stem, 0) for stem in named)
        if not answer.isdigit() and not asked.mineral_id and answer not in _OF_ALL:
            continue
        score = sum(weights) + of_names
        explained = sum(weights) / whole if whole else float(not asked.wanted)
        if asked.mineral_id and not answer.isdigit() and answer not in ("age", "changes"):
            score *= OF_ITS_OWN
        if score > 0:
            of_all = answer.isdigit() or answer in _OF_ALL[:2]
            found.append(Candidate(answer, text, score, explained, () if of_all else _names(answer, asked)))
    return sorted(found, key=lambda one: (-one.score, not one.answer.isdigit(), one.answer))


def _names(answer: str, asked: Asked) -> list[str]:
    """What an answer is narrowed to, as it is typed behind its name."""
    places = [word for place in asked.places for word in (["from"] if place.is_origin else []) + [place.name]]
    days = [str(asked.days), "days"] if asked.days and answer == "without" else []
    when = str(asked.when).split() if asked.when and asked.when != Years(None, None) else []
    return [*([asked.mineral_id] if asked.mineral_id else []), *places, *days, *when]


def is_clear(best: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether an answer explains enough of the words and is far enough ahead of the others."""
    furthest = AHEAD - LEEWAY * (1 - min(best.explained, 1))
    is_grounded = best.explained >= SURE and best.score >= LEAST
    return is_grounded and all(one.score <= furthest * best.score for one in others)


def unheard(asked: Asked) -> list[str]:
    """The words that no answer is asked by, as they were written in small letters."""
    return [word for word in asked.left if not word.isdigit() and not is_known(stem_of(word))]


def _meant(stem: str) -> float:
    return max((rarity().get(one, 0) for one in meanings().get(stem, ())), default=0)
