"""Recognize the plainest question: how much of an area's mineral comes from where.

The other answers are ranked by the words of examples. Words as common as these are in too many examples to
tell answers apart, so such a question is recognized by containing nothing but names and these words.
"""

import re

from warehouse.asking.asked import Asked
from warehouse.asking.names import AREAS
from warehouse.asking.words import plain_words, stems

_COMING = frozenset(
    stems(
        "share percentage percent part portion fraction proportion"
        " come comes coming came originate get gets got getting obtain obtains arrive arrives"
        " buy buys buying bought purchase purchases import imports imported importing"
        " source sources sourced sourcing supply supplied"
        " parte proporcion porcentaje origen viene vienen proviene provienen"
        " compra compran importa importan importado importaciones"
        " pourcentage origine vient viennent provient proviennent"
        " achete achetent importe importent importations"
    )
)
_DEPENDING = frozenset(
    stems(
        "depend depends dependent dependence dependency rely relies reliant reliance"
        " depende dependen dependencia dependiente dependance dependante"
    )
)
_FROM_WHERE = frozenset(["where", "donde", "ou"])
_WHERE = _FROM_WHERE | {"who", "whom", "quien", "quienes", "qui"}
_EXTENT = frozenset(stems("extent point punto hasta"))
"""Words for how much, as in "to what extent" and "à quel point"."""
_OURS = re.compile(r"\b(?:we|us|our|nuestr[oa]|nous|notre|nos|\w{3,}(?:[aei]mos|[^i\W]ons))\b")
"""Words for the area of the reader, with verbs such as "dependemos" and "importons"."""


def of_imports(asked: Asked) -> str | None:
    """Return the subject of a mineral's sheet for a plain question on the origin of an area's imports.

    ``china`` has China's share, ``suppliers`` the share of others or of all, and ``dependency`` the net
    import reliance. Without a supplier, the area must be named, or be that of the reader, unless the words
    ask where the mineral comes from.
    """
    buyers = [place for place in asked.places if place.code in AREAS and not place.is_origin]
    sellers = [place for place in asked.places if place not in buyers]
    words = {stem for one in asked.wanted for stem in stems(one)} - _WHERE - _EXTENT
    is_other = asked.days or asked.usd or asked.also or not words <= _COMING | _DEPENDING
    if not asked.mineral_id or len(buyers) > 1 or is_other:
        return None
    plain = set(plain_words(asked.words).split())
    if sellers and (buyers or words):
        return "china" if {place.code for place in sellers} == {"CHN"} else "suppliers"
    if not buyers and not _OURS.search(plain_words(asked.words)):
        return "suppliers" if words and words <= _COMING and _FROM_WHERE & plain else None
    if words & _DEPENDING:
        return "dependency"
    return "suppliers" if _WHERE & plain else None
