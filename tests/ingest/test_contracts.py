"""What a source may declare about itself."""

import re
from collections import defaultdict
from dataclasses import replace
from typing import Any, cast

import polars as pl
import pytest

from ingest.starter.compile import HERE
from orchestration.pipeline.sources import modules
from tests.ingest.toy import SOURCE

US = re.compile(r"(?:U\.? ?S\.?|United States) ")


def test_a_source_of_unknown_cadence_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^toy: cadence 'yearly' is not one of daily, monthly, annual"):
        replace(SOURCE, cadence=cast("Any", "yearly"))


def test_a_table_is_named_after_its_source() -> None:
    table = replace(SOURCE.tables[0], name="prices")
    with pytest.raises(ValueError, match=r"^toy: table 'prices' does not begin with 'toy__'.$"):
        replace(SOURCE, tables=(table,))


def test_a_publisher_has_one_spelling() -> None:
    """In the sources and in the manifest of the starter: reports group figures by publisher."""
    listed = pl.read_csv(HERE / "files.csv")["publisher"].to_list()
    spellings: dict[str, set[str]] = defaultdict(set)
    for publisher in [*listed, *(module.SOURCE.publisher for module in modules().values())]:
        letters = re.sub(r"[^a-z]", "", publisher.casefold())
        spellings[re.sub(r"^unitedstates", "us", letters)].add(publisher)
    assert [found for found in spellings.values() if len(found) > 1] == []
    abbreviations = {match[0] for found in spellings.values() for match in map(US.match, found) if match}
    assert abbreviations == {"U.S. "}
