"""North America as one: figures counted by hand from BACI 2024 and the Summaries of 2026."""

import pytest

from tests.dbt_project.conftest import Ask

CHINA = "('CHN', 'HKG', 'MAC')"


@pytest.mark.parametrize(
    ("area", "million_usd", "china_pct"),
    [("USA", 491.9, 74), ("CAN", 39.4, 52), ("MEX", 245.0, 79), ("USMCA", 724.6, 80.1)],
)
def test_magnets_into_the_three(ask: Ask, area: str, million_usd: float, china_pct: float) -> None:
    """8505.11 in 2024; imports of the three as one come from outside only."""
    ((value, share),) = ask(
        f"""
        select
            sum(value_usd) / 1e6,
            100 * sum(value_usd) filter (supplier_iso3 in {CHINA}) / sum(value_usd)
        from core.fct_import_source
        where
            area = $1 and mineral_id = 'rare_earths' and stage = 'end_form' and basis = 'baci'
            and period = date '2024-01-01'
        """,
        area,
    )
    weight = ask("select weight_mid from core.dim_product where hs_code = '850511'")[0][0]
    assert value / weight == pytest.approx(million_usd, abs=0.05)
    assert share == pytest.approx(china_pct, abs=0.6)


@pytest.mark.parametrize(
    ("mineral", "stage", "intra_pct"),
    [("rare_earths", "end_form", 6.7), ("fluorspar", "ore_concentrate", 79.0)],
)
def test_trade_among_the_three(ask: Ask, mineral: str, stage: str, intra_pct: float) -> None:
    """8505.11 and 2529.22 in 2024, by value."""
    ((share,),) = ask(
        """
        select 100 * intra_bloc_share
        from core.fct_import_source_summary
        where
            area = 'USMCA' and mineral_id = $1 and stage = $2 and basis = 'baci'
            and period = date '2024-01-01'
        """,
        mineral,
        stage,
    )
    assert share == pytest.approx(intra_pct, abs=0.05)


def test_namibia_is_an_importer_and_no_area(ask: Ask) -> None:
    assert ask("from core.fct_trade where source_id = 'cepii_baci' and reporter_iso3 = 'NAM' limit 1")
    assert not ask("from marts.import_dependency where area = 'NAM'")
    assert not ask("from marts.import_sources where area = 'NAM'")


def test_the_first_run_has_rows_of_all_four_areas(ask: Ask) -> None:
    for mart in ("import_sources", "supplier_concentration", "import_dependency"):
        assert {area for (area,) in ask(f"select distinct area from marts.{mart}")} == {
            "USA",
            "CAN",
            "MEX",
            "USMCA",
        }


def test_thirty_minerals_are_netted(ask: Ask) -> None:
    """In 2024 each has a stage, sources, and bounds narrower than 0 to 100 %."""
    rows = ask(
        """
        select mineral_id, bool_or(not_netted_reason is null) as is_netted
        from marts.import_dependency
        where
            area = 'USMCA' and is_headline and edition = '2026' and year = 2024 and basis like '%_stage'
            and (bloc_net_dependency_low_pct > 0 or bloc_net_dependency_high_pct < 100)
            and source_ids is not null and (stage is not null or mineral_id = 'metallurgical_coal')
        group by mineral_id
        """
    )
    assert sum(netted for _, netted in rows) >= 30
    assert len(rows) >= 34


def test_a_country_that_reports_late_has_trade(ask: Ask) -> None:
    """Mexican cobalt oxides in 2024: no row in Comtrade, 7.4 million USD in BACI."""
    ((source, value, weight),) = ask(
        """
        select source_id, value_usd, gross_weight_t
        from core.fct_member_trade
        where is_taken and country_iso3 = 'MEX' and hs_code = '2822' and flow = 'import' and year = 2024
        """
    )
    assert source == "cepii_baci"
    assert value == pytest.approx(7.4e6, rel=0.01)
    assert weight > 300


def test_a_value_alone_gives_no_figure(ask: Ask) -> None:
    """If only a value or a cap of a member's trade is known, the result has bounds, no point, and a flag."""
    rows = ask(
        """
        select net_import_reliance_pct, imports_t, is_estimated, netting_sources, nir_low_pct <= nir_high_pct
        from marts.import_dependency
        where coverage = 'partial_netting_values_bounded' and edition = '2026' and nir_low_pct < nir_high_pct
        """
    )
    assert len(rows) >= 8
    for point, imports, estimated, sources, ordered in rows:
        assert point is None
        assert imports is None
        assert estimated
        assert ordered
        assert "member_trade" in sources


def test_what_cannot_be_netted_says_why(ask: Ask) -> None:
    assert not ask(
        """
        from marts.import_dependency
        where area = 'USMCA' and is_headline and coverage in ('not_netted', 'bounded_by_output')
            and not_netted_reason is null
        """
    )


@pytest.mark.parametrize(
    ("mineral", "year", "low", "high"),
    [
        # cathodes: 1 858 + 109 + 700 kt used, 1 022 + 324 + 489 kt produced at home
        ("copper", 2024, 30, 32),
        # 9 335 t into the USA, Niobec 6 900 t
        ("niobium", 2024, 31, 40),
        # 65 160 t into the USA, 12 400 t mined by the two
        ("graphite_natural", 2024, 76, 84),
        ("gallium", 2024, 100, 100),
        # compounds and metals: 4 710 t imported, 4 300 t produced
        ("rare_earths", 2024, 52, 62),
        # Mexico exports what the USA and Canada import
        ("fluorspar", 2024, 0, 2),
        # imported mattes count as foreign in the upper bound; Mexico imports oxides worth 7 million USD
        ("cobalt", 2024, 0, 76),
        ("nickel", 2024, 0, 44),
        ("lithium", 2024, 50, 100),
        ("magnesium", 2024, 54, 100),
        # Canada's smelters export 2.5 to 3.1 Mt, Mexico imports alloys worth 2.1 billion USD
        ("aluminum", 2024, 0, 58),
        # neither of the two smelts tin: 26.1 kt into the USA, 8.6 kt of its scrap, at most 9.7 kt into each
        ("tin", 2024, 74, 88),
        ("lead", 2024, 0, 38),
        ("bismuth", 2024, 60, 97),
        ("vanadium", 2024, 46, 68),
        ("arsenic", 2024, 100, 100),
    ],
)
def test_the_three_as_an_expert_reads_them(
    ask: Ask, mineral: str, year: int, low: float, high: float
) -> None:
    ((stated_low, stated_high),) = ask(
        """
        select bloc_net_dependency_low_pct, bloc_net_dependency_high_pct
        from marts.import_dependency
        where area = 'USMCA' and is_headline and edition = '2026' and mineral_id = $1 and year = $2
        """,
        mineral,
        year,
    )
    assert low <= stated_low <= stated_high <= high


def test_copper_of_the_three_by_hand(ask: Ask) -> None:
    """Net imports divided by the sum of domestic output and net imports, from the balances of the three."""
    balances = ask(
        """
        select home_t, net_imports_t
        from core.fct_member_balance
        where mineral_id = 'copper' and edition = '2026' and year = 2024
        """
    )
    home, net = (sum(column) for column in zip(*balances, strict=True))
    ((stated, used),) = ask(
        """
        select net_import_reliance_pct, apparent_consumption_t
        from marts.import_dependency
        where area = 'USMCA' and is_headline and mineral_id = 'copper' and edition = '2026' and year = 2024
        """
    )
    assert len(balances) == 3
    assert stated == pytest.approx(100 * net / (home + net))
    assert used == pytest.approx(home + net)


def test_no_column_means_two_things(ask: Ask) -> None:
    """Rare earths: 52 % of US use comes from outside; the netted figure of the three is no lower."""
    columns = {name for (name,) in ask("select column_name from (describe marts.import_dependency)")}
    assert not {name for name in columns if name.startswith("extra_bloc")}
    assert ask(
        """
        select count(*) from marts.import_dependency
        where area = 'USA' and bloc_net_dependency_pct is not null
        """
    ) == [(0,)]
