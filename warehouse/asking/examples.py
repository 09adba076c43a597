"""How well each answer fits the words of a person, as learned from earlier phrasings of each answer.

`queries/phrasings.csv` has phrasings of each answer by people of several trades and in three languages. The
text of an answer and its words in `queries/asked_for.csv` are examples too. Ridge regression on the features
of these examples gives each answer a weight for each feature: a word that people use to ask for many answers
has little weight, and a word that distinguishes two answers has much. The fit is near 1 if words clearly
belong to an answer, and near 0 if they do not.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from warehouse.asking.asked import Asked, read
from warehouse.asking.names import AREAS, Names
from warehouse.asking.pages import answer_pages
from warehouse.asking.words import ASKING, asked_for, meanings, phrasings, plain_words, stems

MEANT = 0.7
"""Weight of a word that matches only by meaning, relative to 1 for a stem."""
IN_FULL = 0.5
"""Weight of a full word, in addition to 1 for its stem: customers and customs have the same stem."""
PAIRED = 0.5
"""Weight of two consecutive words, relative to 1 for a stem.

Words that do not say what is asked are skipped.
"""
SPOKEN = 0.3
"""Weight of words as they were spoken, relative to 1 for a stem, with "how many" and "the most".

Words that ask are counted singly, and all words in pairs.
"""
RIDGE = 0.6
"""Strength of the ridge penalty: the larger it is, the less a single phrasing counts."""


class Examples:
    """The phrasings and the weights learned from them, without the names that a publication knows.

    ``rows`` are answers, each with the parsed words of a person who asked for it.
    """

    def __init__(self, rows: Sequence[tuple[str, Asked]]) -> None:
        counted = [_features(asked) for _, asked in rows]
        spread = Counter(feature for features in counted for feature in features)
        self._at = {feature: at for at, feature in enumerate(spread)}
        self._rarity = np.array([math.log(1 + len(rows) / count) for count in spread.values()])
        self.answers = [answer for answer, _, _ in answer_pages()]
        self._place = {asked.words: at for at, (_, asked) in enumerate(rows)}
        features = np.zeros((len(rows), len(self._at)))
        for row, one in zip(features, counted, strict=True):
            places, values = self._known(one)
            row[places] = values
        self._is_of = np.array([[float(answer == one) for one in self.answers] for answer, _ in rows])
        similar = features @ features.T
        similar[np.diag_indices_from(similar)] += RIDGE
        self._inverse = np.linalg.inv(similar)
        self._duals = self._inverse @ self._is_of
        self._weights = features.T @ self._duals

    def fit(self, asked: Asked, *, is_unseen: bool = False) -> dict[str, float]:
        """Return how well words fit each answer.

        With ``is_unseen``, the fit is as if these very words were not an example.
        """
        at = self._place.get(asked.words) if is_unseen else None
        if at is None:
            places, values = self._known(_features(asked))
            found = values @ self._weights[places]
        else:
            # the result of a regression without this row, in closed form
            found = self._is_of[at] - self._duals[at] / self._inverse[at, at]
        return dict(zip(self.answers, found.tolist(), strict=True))

    def _known(self, features: Mapping[str, float]) -> tuple[list[int], NDArray[np.float64]]:
        """Return the places of the features that the examples have, and their values, scaled to length 1."""
        found = {self._at[one]: weight for one, weight in features.items() if one in self._at}
        values = np.array(list(found.values())) * self._rarity[list(found)]
        return list(found), values / (math.hypot(*values) or 1)


def _features(asked: Asked) -> dict[str, float]:
    """Return the features of words: stems and meanings, pairs, words as spoken, and what they name."""
    found: dict[str, float] = defaultdict(float)
    for feature, weight in [*_of_words(asked), *_as_spoken(asked), *_of_names(asked)]:
        found[feature] += weight
    return {feature: 1 + math.log(count) if count > 1 else count for feature, count in found.items()}


def _of_words(asked: Asked) -> Iterator[tuple[str, float]]:
    for stem in asked.wanted:
        yield stem, 1
        means = meanings().get(stem, ())
        yield from ((one, MEANT / math.sqrt(len(means))) for one in means)
        if " " in stem:
            yield from ((part, IN_FULL) for part in stems(stem))
    yield from ((f"={word}", IN_FULL) for word in asked.left)
    yield from ((f"{one} {other}", PAIRED) for one, other in pairwise(asked.wanted))


def _as_spoken(asked: Asked) -> Iterator[tuple[str, float]]:
    words = plain_words(asked.words).split()
    yield from ((f"?{word}", SPOKEN) for word in {*words} & ASKING)
    yield from ((f"{one}+{other}", SPOKEN) for one, other in pairwise(words))


def _of_names(asked: Asked) -> Iterator[tuple[str, float]]:
    """Yield features of what is named.

    These are the places (together and each with its role), the mineral, and whether amounts and years are
    named.
    """
    if asked.places:
        yield " ".join(["@only", *sorted({place.code for place in asked.places} - {"USA"})]), 1
    for place in asked.places:
        part = "from" if place.is_origin else "to" if place.is_buyer else "of"
        yield f"@{place.code}", 1
        yield f"@{part} {place.code if place.code in AREAS else 'other'}", PAIRED
    if asked.mineral_id:
        yield "@mineral", 1
        yield f"@{asked.mineral_id}", 1 - MEANT
    # the mineral may be the subject of a question, as magnets are
    for stem in stems(asked.mineral_words or ""):
        yield from ((one, MEANT) for one in (stem, *meanings().get(stem, ())))
    for name, value in (("days", asked.days), ("usd", asked.usd), ("percent", asked.percent)):
        if value is not None:
            yield f"@{name}", 1
    if asked.when:
        yield "@when", PAIRED


@cache
def examples(known: Names) -> Examples:
    """Return the phrasings and the texts of the answers, parsed with the names of a publication."""
    texts = [(answer, text) for answer, text, _ in answer_pages()]
    return Examples([(answer, read(known, words)) for answer, words in _rows(texts)])


def _rows(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    own = [one for answer, text in texts for one in ((answer, text), (answer, asked_for().get(answer, "")))]
    return [*((row["answer"], row["words"]) for row in phrasings()), *own]
