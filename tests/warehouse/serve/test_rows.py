"""A query from a URL: its values fit the type of their column."""

import pytest

from warehouse.serve.open_publications import Column, Table
from warehouse.serve.rows import AskedWronglyError, question


def test_a_whole_number_is_not_rounded_into_another() -> None:
    table = Table("marts", "t", "", ("year",), 1, (Column("year", "SMALLINT", None, None),))
    for asked in ("2020.5", "gt.2023.5", "in.(2020,2020.5)"):
        with pytest.raises(AskedWronglyError, match="whole numbers"):
            question(table, [("year", asked)])
    assert question(table, [("year", "in.(2020, 2021)")]).values == [["2020", "2021"]]
