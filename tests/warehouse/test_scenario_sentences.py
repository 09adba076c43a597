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
    first = answered(con, "a floor of 20 USD/kg on magnesium").first
    assert first
    assert "can be judged against 20 USD/kg: customs weights are not held." in first.sentence
    assert "value_usd" not in first.columns
    assert " in 6 forms that the United States imported in 2025" in first.sentence
    assert "USD 114 million of magnesium (refined) in 2025" in first.remarks[0]


@pytest.mark.parametrize(
    ("words", "code", "goods"),
    [
        ("a floor of 2 USD/kg on natural graphite", "2504101000", "natural graphite: crystalline flake"),
        ("a floor of 100 USD/kg on tungsten", "8101940000", "unwrought tungsten"),
    ],
)
def test_a_floor_uses_the_monthly_weights_of_china_and_the_rest(
    con: duckdb.DuckDBPyConnection, words: str, code: str, goods: str
) -> None:
    """All origins come first; a month in which one weight is withheld counts for neither of the two means."""
    found = answered(con, words)
    [[last, usd_per_kg, below]] = con.execute(
        """
        with months as (
            select *, value_usd / net_weight_kg < $2 as is_below
            from core.fct_us_month
            where hs_code = $1 and net_weight_kg > 0
            qualify period > max(period) over () - interval 12 month
        )

        select
            max(period),
            sum(value_usd) / sum(net_weight_kg),
            sum(net_weight_kg) filter (is_below) / sum(net_weight_kg)
        from months
        """,
        [code, 2 if "graphite" in words else 100],
    ).fetchall()
    first = found.first
    assert first
    assert f"{last:%B %Y}, US imports of {goods} from all origins landed at a mean of" in first.sentence
    rows = [dict(zip(found.tables[0].columns, row, strict=True)) for row in found.tables[0].rows]
    judged = [row for row in rows if row["landed_usd_per_kg"] is not None]
    assert rows[: len(judged)] == judged, "what is judged comes first"
    assert judged[0]["landed_usd_per_kg"] == pytest.approx(usd_per_kg)
    assert judged[0]["below_floor_share"] == pytest.approx(below)
    assert {row["origin"] for row in judged[1:]} == {"China", "all but China"}
    assert judged[0]["border_adjustment_usd"] == sum(row["border_adjustment_usd"] for row in judged[1:])
    assert "only the weights of China and of all others together are held" in first.remarks[0]
    if code.startswith("81"):
        assert (
            first.remarks[1] == "USD 12.4 million of these months is without a usable weight and not judged"
        )
        assert first.remarks[2].startswith("Not judged, since customs weights are not held: USD ")


def test_a_floor_begins_with_all_origins_and_names_goods_and_months(con: duckdb.DuckDBPyConnection) -> None:
    found = answered(con, "a floor of 20 USD/kg on lithium carbonate")
    first = found.first
    assert first
    assert first.sentence.startswith(
        "In the newest months with weights, January 2024 to December 2024, US imports of lithium carbonates"
        " from all origins landed at a mean of"
    )
    rows = [dict(zip(found.tables[0].columns, row, strict=True)) for row in found.tables[0].rows]
    held = [row for row in rows if row["stage"] == "compound"]
    assert held[0]["value_usd"] == sum(row["value_usd"] for row in held[1:])
    assert first.of_first_row or "CEPII" not in first.sources, "no publisher of figures that are not used"
