"""Questions in a person's own words: which answer fits, and for which mineral, country and year.

Names of minerals, countries, years and numbers of days are removed from the words first. The remaining words
are compared with the words for each answer: the text of a question of the book, the title of a subject of a
mineral's sheet, and the words of readers in `queries/asked_for.csv`, in three languages. They are also
compared with the phrasings in `queries/phrasings.csv`.
"""

from warehouse.asking.asked import Asked, Place, read
from warehouse.asking.imports import of_imports
from warehouse.asking.names import AREAS, Named, Names, adjectives, names, place_called
from warehouse.asking.pages import OTHERS, spelled, texts_of, words_of
from warehouse.asking.ranking import (
    GROUND,
    SURE,
    Candidate,
    is_clear,
    is_far_ahead,
    of_one_subject,
    rank,
    unheard,
)
from warehouse.asking.spans import YEAR, Years, year_of, years_in
from warehouse.asking.words import (
    FILLERS,
    NotHeld,
    not_held,
    phrasings,
    plain_words,
    stem_of,
    stems,
    translated,
)

__all__ = [
    "AREAS",
    "FILLERS",
    "GROUND",
    "OTHERS",
    "SURE",
    "YEAR",
    "Asked",
    "Candidate",
    "Named",
    "Names",
    "NotHeld",
    "Place",
    "Years",
    "adjectives",
    "is_clear",
    "is_far_ahead",
    "names",
    "not_held",
    "of_imports",
    "of_one_subject",
    "phrasings",
    "place_called",
    "plain_words",
    "rank",
    "read",
    "spelled",
    "stem_of",
    "stems",
    "texts_of",
    "translated",
    "unheard",
    "words_of",
    "year_of",
    "years_in",
]
