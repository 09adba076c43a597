"""How like the words of a person are to those by which an answer was asked before.

`queries/phrasings.csv` has phrasings of each answer by people of several trades and in three languages. Words
are compared by their stems, by what these mean in the words of the answers, and by the places that are named.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from warehouse.asking.asked import Asked, read
from warehouse.asking.names import Names
from warehouse.asking.pages import answer_pages
from warehouse.asking.words import meanings, phrasings

MEANT = 0.7
"""What a word counts that is only meant."""
OF_ONE = 0.5
"""What the most similar single phrasing counts, against all phrasings of an answer."""
OF_PAGE = 2.0
"""What the words of an answer itself count, against one phrasing."""

Vector = Mapping[str, float]


class Examples:
    """The phrasings as vectors, with the names that a publication knows taken out of them."""

    def __init__(self, phrasings: Iterable[tuple[str, Asked]]) -> None:
        counted = [(answer, asked.words, _features(asked)) for answer, asked in phrasings]
        spread = Counter(feature for _, _, features in counted for feature in features)
        self._rarity = {
            feature: math.log(1 + len(counted) / (1 + count)) for feature, count in spread.items()
        }
        self._usual = math.log(1 + len(counted))
        self._vectors: dict[str, list[tuple[str, Vector]]] = defaultdict(list)
        for answer, words, features in counted:
            self._vectors[answer].append((words, self._vector(features)))
        self._pages = {answer: self._vector(page) for answer, _, page in answer_pages()}
        self._wholes = {answer: self._whole(answer, None) for answer in self._pages}

    def similar(self, asked: Asked, *, is_unseen: bool = False) -> dict[str, float]:
        """How like words are to each answer's; ``is_unseen`` leaves the very same words out."""
        own = self._vector(_features(asked))
        left_out = asked.words if is_unseen else None
        found = {}
        for answer, whole in self._wholes.items():
            phrasings = [vector for words, vector in self._vectors[answer] if words != left_out]
            is_known = len(phrasings) < len(self._vectors[answer])
            nearest = max((_product(own, vector) for vector in phrasings), default=0)
            found[answer] = (
                _product(own, self._whole(answer, left_out) if is_known else whole) + OF_ONE * nearest
            )
        return found

    def _whole(self, answer: str, left_out: str | None) -> Vector:
        total: dict[str, float] = defaultdict(float)
        for words, vector in self._vectors[answer]:
            if words != left_out:
                for feature, weight in vector.items():
                    total[feature] += weight
        for feature, weight in self._pages[answer].items():
            total[feature] += OF_PAGE * weight
        # a word of one phrasing counts, and one of all does not count many times
        return _unit({feature: math.sqrt(weight) for feature, weight in total.items()})

    def _vector(self, features: Mapping[str, float]) -> Vector:
        return _unit({one: weight * self._rarity.get(one, self._usual) for one, weight in features.items()})


def _features(asked: Asked) -> dict[str, float]:
    """What words are compared by: stems, their meanings, and the places and the mineral that are named."""
    found: dict[str, float] = defaultdict(float)
    for stem in asked.wanted:
        found[stem] += 1
        means = meanings().get(stem, ())
        for one in means:
            found[one] += MEANT / math.sqrt(len(means))
    for place in asked.places:
        found[f"@{place.code}"] += 1
    if asked.mineral_id:
        found["@mineral"] += MEANT
        found[f"@{asked.mineral_id}"] += 1 - MEANT
    return {feature: 1 + math.log(count) if count > 1 else count for feature, count in found.items()}


def _unit(vector: Mapping[str, float]) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1
    return {feature: weight / length for feature, weight in vector.items()}


def _product(one: Vector, other: Vector) -> float:
    return sum(weight * other.get(feature, 0) for feature, weight in one.items())


@cache
def examples(known: Names) -> Examples:
    """The phrasings, read by the names of a publication."""
    return Examples((row["answer"], read(known, row["words"])) for row in phrasings())
