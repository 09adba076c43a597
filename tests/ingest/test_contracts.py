"""What a source may declare about itself."""

from dataclasses import replace
from typing import Any, cast

import pytest

from tests.ingest.toy import SOURCE


def test_a_source_of_unknown_cadence_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^toy: cadence 'yearly' is none of daily, monthly, annual, irreg"):
        replace(SOURCE, cadence=cast("Any", "yearly"))


def test_a_table_is_named_after_its_source() -> None:
    table = replace(SOURCE.tables[0], name="prices")
    with pytest.raises(ValueError, match=r"^toy: table 'prices' does not begin with 'toy__'.$"):
        replace(SOURCE, tables=(table,))
