"""U.S. Department of Labor, International Labor Affairs (ILAB): goods made by child or forced labor.

The List of Goods as XML: for each good and country, whether there is reason to believe that children or
forced laborers make it, or make an input from another country. The file states neither its edition nor a
date. Source: https://www.dol.gov/agencies/ilab/reports/child-labor/list-of-goods.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about


class Good(dy.Schema):
    """A listed good from a country, with the reason. An unlisted good was not found or not examined."""

    good = dy.String(primary_key=True, min_length=1, metadata=about("Good as printed"))
    sector = dy.String(min_length=1, metadata=about("Agriculture, Manufacturing, Mining or Other"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    child_labor = dy.Bool(metadata=about("Made by child labor"))
    forced_labor = dy.Bool(metadata=about("Made by forced labor"))
    forced_child_labor = dy.Bool(metadata=about("Made by forced labor of children"))
    derived = dy.Bool(metadata=about("Made with an input that child or forced labor makes"))
    derived_country = dy.String(
        primary_key=True, metadata=about("Country of that input; empty where the good itself is listed")
    )


GOOD: Final = Table("ilab_goods__good", Good, "good, country, derived_country")

SOURCE: Final = Source(
    id="ilab_goods",
    title="List of Goods Produced by Child Labor or Forced Labor",
    publisher="U.S. Department of Labor, Bureau of International Labor Affairs",
    homepage="https://www.dol.gov/agencies/ilab/reports/child-labor/list-of-goods",
    licence="US government work, public domain",
    citation="U.S. Department of Labor, List of Goods Produced by Child Labor or Forced Labor",
    cadence="irregular",
    lag_days=0,
    drop_in="the XML of the List of Goods as downloaded",
    tables=(GOOD,),
    note="A file is the whole list. The XML has no public address: newer lists are dropped in.",
)

_FEWEST_GOODS: Final = 100
_WORDS: Final = {"Yes": True, "No": False}
_REASONS: Final = {
    "child_labor": "Child_Labor",
    "forced_labor": "Forced_Labor",
    "forced_child_labor": "Forced_Child_Labor",
    "derived": "Derived_Labor_Exploitation",
}


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per good and country; a reason other than Yes or No is read as missing, and its row is refused.

    Raises:
        ParseError: not XML, a document type with entities, another root, or fewer goods than the list has.
    """
    content = path.read_bytes()
    # a document type could define entities that expand without end; the publisher's file has none
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ParseError(f"{facts.name}: has a document type, which the list never has")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 no entities, see above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ParseError(f"{facts.name}: is not XML, or is cut off ({error})") from error
    goods = root.findall("Good")
    if root.tag != "Goods" or len(goods) < _FEWEST_GOODS:
        raise ParseError(f"{facts.name}: not the List of Goods, or cut short ({len(goods)} goods)")
    rows = [row for good in goods for row in _rows(good)]
    return {GOOD.name: pl.DataFrame(rows, schema=GOOD.dtypes)}


def _rows(good: ElementTree.Element) -> Iterator[dict[str, Any]]:
    for country in good.findall("Countries/Country"):
        derived_from = _text(country, "Derived_Country")
        yield {
            "good": _text(good, "Good_Name"),
            "sector": _text(good, "Good_Sector"),
            "country": _text(country, "Country_Name"),
            **{column: _WORDS.get(_text(country, tag)) for column, tag in _REASONS.items()},
            "derived_country": "" if derived_from in _WORDS else derived_from,
        }


def _text(element: ElementTree.Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def partition_of(_name: str) -> str | None:
    """The source has one partition: a newer list replaces the older one."""
    return "goods"
