"""The first sentence of the answers on a lost supplier and on a price floor has the figures of the mart."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.readers import answered


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def test_the_loss_is_that_of_the_mart(con: duckdb.DuckDBPyConnection) -> None:
    low, high = con.execute(
        "select 100 * unreplaced_share_low, 100 * unreplaced_share_high from disruption('CAN', 'potash', 90)"
    ).fetchall()[0]
    found = answered(con, "potash without Canada for 90 days")
    first = found.first
    assert first
    assert first.sentence.startswith(
        f"Without Canada for 90 days, the United States would lack {low:.0f} to {high:.0f} % of the potash"
    )
    assert not {"is_replacement_assumed", "tried_share_low"} & set(first.columns)
    assert "is_replacement_assumed" in found.tables[0].columns


def test_a_floor_states_what_cannot_be_judged(con: duckdb.DuckDBPyConnection) -> None:
    first = answered(con, "a floor of 600 USD/kg on gallium").first
    assert first
    assert "none can be judged against 600 USD/kg: customs weights are not held." in first.sentence
    assert "value_usd" not in first.columns
