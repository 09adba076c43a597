"""Reliance, shares and scenarios on the starter's real figures, compared with well-known facts."""

import json
from pathlib import Path

import pytest

from tests.dbt_project.conftest import Ask

ROUNDING = 1e-9
"""A share may exceed 1 by the rounding error of adding doubles."""


@pytest.mark.parametrize(
    ("producer", "low_share", "high_share"),
    [(("cobalt", "ore_concentrate", "COD"), 0.72, 0.78), (("gallium", "refined_metal", "CHN"), 0.97, 1.0)],
)
def test_one_country_makes_most(
    ask: Ask, producer: tuple[str, str, str], low_share: float, high_share: float
) -> None:
    rows = ask(
        """
        select edition, year, world_share, rank
        from marts.world_production
        where mineral_id = $1 and stage = $2 and country_iso3 = $3 and year >= 2024
        """,
        *producer,
    )
    assert {row[:2] for row in rows} == {("2025", 2024), ("2026", 2024), ("2026", 2025)}
    assert all(low_share <= share <= high_share and rank == 1 for *_, share, rank in rows), rows


@pytest.mark.parametrize(("mineral", "supplier"), [("fluorspar", "MEX"), ("potash", "CAN")])
def test_first_us_supplier(ask: Ask, mineral: str, supplier: str) -> None:
    rows = ask(
        """
        select basis, extract(year from period), list(distinct supplier_iso3)
        from marts.import_sources
        where
            area = 'USA' and mineral_id = $1 and rank = 1 and supplier_iso3 != 'ZZZ'
            -- to 2008 China was first of acid spar
            and period >= date '2009-01-01'
        group by all
        """,
        mineral,
    )
    assert {basis for basis, *_ in rows} - {"baci"} == {"customs_value", "usgs_four_years"}
    assert {year for basis, year, _ in rows if basis == "customs_value"} == {2024, 2025}
    assert all(first == [supplier] for *_, first in rows), rows


@pytest.mark.parametrize(("edition", "first"), [("2025", 2020), ("2026", 2021)])
def test_published_reliance_is_reproduced(ask: Ask, edition: str, first: int) -> None:
    numeric, within, years = ask(
        """
        select
            count(*),
            count(*) filter (abs(computed_nir_pct - published_nir_pct) <= 3),
            list(distinct year order by year)
        from core.fct_net_import_reliance
        where edition = $1 and published_nir_qualifier = '='
        """,
        edition,
    )[0]
    assert numeric >= 280
    assert years == list(range(first, first + 5))
    assert within / numeric >= 0.95


@pytest.mark.parametrize("edition", ["2025", "2026"])
def test_each_miss_is_explained(ask: Ask, edition: str) -> None:
    missed = ask(
        """
        select mineral_id, year
        from core.fct_net_import_reliance
        where
            edition = $1 and published_nir_qualifier = '=' and coverage != 'published_only'
            and coalesce(abs(computed_nir_pct - published_nir_pct) > 3, true)
        """,
        edition,
    )
    explained = ask(
        """
        select mineral_id, year
        from marts.reconciliation
        where starts_with(check_id, $1) and not passed and reason_code not in ('agrees', 'unexplained')
        """,
        f"usgs_nir_{edition}",
    )
    assert set(missed) <= set(explained)


@pytest.mark.parametrize("edition", ["2025", "2026"])
def test_no_published_bound_is_broken(ask: Ask, edition: str) -> None:
    """`E` means at most 0, `>50` above 50 and `<25` below 25; bounds may include these values."""
    bounds = ask(
        """
        select
            published_nir_qualifier,
            count(*),
            count(*) filter (
                case published_nir_qualifier
                    when 'E' then coalesce(computed_nir_low_pct, 0) > 0
                    when '>' then computed_nir_high_pct <= published_nir_low_pct
                    when '<' then computed_nir_low_pct >= published_nir_high_pct
                end
            ),
            count(coalesce(published_nir_low_pct, published_nir_high_pct))
        from core.fct_net_import_reliance
        where edition = $1 and published_nir_qualifier in ('E', '>', '<')
        group by published_nir_qualifier
        """,
        edition,
    )
    assert {qualifier for qualifier, *_ in bounds} == {"E", ">", "<"}
    assert all(rows == stated >= 20 and broken == 0 for _, rows, broken, stated in bounds), bounds


def test_2026_covers_sixty_commodities_and_the_figures_that_they_publish(ask: Ask) -> None:
    minerals, published, bounded = ask(
        """
        select
            count(distinct mineral_id) filter (net_import_reliance_pct is not null),
            count(published_nir_pct),
            count(*) filter (published_nir_qualifier in ('>', '<') and published_nir_high_pct > 0)
        from marts.import_dependency
        where area = 'USA' and edition = '2026'
        """
    )[0]
    assert minerals >= 60
    assert published >= 300
    assert bounded >= 80


BOUNDS_OF_2026 = {
    *{(mineral, 50) for mineral in ("lithium", "tungsten", "germanium", "silicon", "selenium")},
    *{("barite", 75), ("magnesium", 75), ("tellurium", 25)},
}


@pytest.mark.parametrize(("mineral", "low"), sorted(BOUNDS_OF_2026))
def test_a_withheld_reliance_has_the_bound_that_the_publisher_prints(
    ask: Ask, mineral: str, low: int
) -> None:
    found = ask(
        """
        select net_import_reliance_pct, nir_qualifier, nir_low_pct, nir_high_pct, published_nir_low_pct
        from marts.import_dependency
        where area = 'USA' and edition = '2026' and year = 2025 and is_headline and mineral_id = $1
        """,
        mineral,
    )
    assert found == [(None, ">", low, 100, low)]


def test_bauxite_has_its_published_bound(ask: Ask) -> None:
    found = ask("""
        select distinct nir_low_pct, nir_high_pct from marts.import_dependency
        where area = 'USA' and edition = '2026' and mineral_id = 'aluminum' and basis = 'bauxite'
    """)
    assert found == [(75, 100)]


def test_nickel_is_stated_with_scrap_as_published(ask: Ask) -> None:
    found = ask("""
        select year, basis, round(net_import_reliance_pct), published_nir_pct
        from marts.import_dependency
        where area = 'USA' and edition = '2026' and mineral_id = 'nickel' and is_headline and year >= 2024
        order by year
    """)
    assert found == [(2024, "primary_and_scrap", 43, 43), (2025, "primary_and_scrap", 41, 41)]


def test_31_of_40_critical_minerals_are_mostly_imported(ask: Ask) -> None:
    """According to the publisher's figures of 2025: above 50 %, or with a lower bound of at least 50 %."""
    found = ask("""
        select
            count(*),
            count(*) filter (published_nir_pct > 50 or published_nir_low_pct >= 50),
            count(*) filter (net_import_reliance_pct > 50 or nir_low_pct >= 50)
        from marts.import_dependency
        inner join core.dim_mineral using (mineral_id)
        where area = 'USA' and edition = '2026' and year = 2025 and is_headline and on_us_2025
    """)
    assert found == [(40, 31, 31)]


def test_consumption_is_what_the_publisher_prints(ask: Ask) -> None:
    tons = ask("""
        select mineral_id, apparent_consumption_t
        from marts.import_dependency
        where
            area = 'USA' and edition = '2026' and year = 2025 and is_headline
            and mineral_id in ('bismuth', 'cobalt', 'phosphate')
        order by mineral_id
    """)
    assert tons == [("bismuth", 1_000), ("cobalt", 9_600), ("phosphate", 21_000_000)]
    apart = ask("""
        select mineral_id, basis, edition, year
        from core.fct_net_import_reliance
        where
            abs(apparent_consumption_t - published_apparent_consumption_t)
            > 0.0301 * published_apparent_consumption_t
    """)
    assert apart == []


STARTER_PASSES = (
    "assert_corrections_still_apply",
    "assert_editions_have_rules",
    "assert_import_forms_cover_import_sources",
    "assert_known_production_facts",
    "assert_nir_basis_covers_salient",
    "assert_published_reliance_is_reproduced",
    "assert_redefinitions_of_2026",
    "assert_world_forms_cover_world",
    "policy_stage_codes_name_their_mineral",
    "product_lines_name_their_mineral",
)


@pytest.mark.parametrize("check", STARTER_PASSES)
def test_rules_that_only_warn_on_publishers_files_hold_on_the_starter(built: Path, check: str) -> None:
    results = json.loads((built / "target" / "run_results.json").read_bytes())["results"]
    (status,) = [result["status"] for result in results if result["unique_id"].split(".")[2] == check]
    assert status == "pass"


@pytest.mark.parametrize("schema", ["core", "marts"])
def test_no_share_exceeds_one(ask: Ask, schema: str) -> None:
    columns = ask(
        """
        select table_name, column_name, ends_with(column_name, '_pct')
        from duckdb_columns()
        where
            schema_name = $1
            and data_type = 'DOUBLE'
            and (column_name like '%\\_share%' escape '\\' or ends_with(column_name, 'dependency_pct'))
        """,
        schema,
    )
    assert len(columns) > 15
    for table, column, is_percent in columns:
        outside = f"{column} not between {-ROUNDING} and {100 if is_percent else 1} + {ROUNDING}"
        assert not ask(f"from {schema}.{table} where {outside}"), f"{table}.{column}"


def test_supplier_shares_sum_to_one_or_say_what_is_missing(ask: Ask) -> None:
    """`ZZZ` is the unnamed remainder. A published list may state ranks only."""
    tables = ask(
        """
        select
            sum(value_share),
            sum(quantity_share),
            max(unallocated_share),
            coalesce(max(value_share) filter (supplier_iso3 = 'ZZZ'), 0),
            coalesce(max(quantity_share) filter (supplier_iso3 = 'ZZZ'), 0),
            max(coverage)
        from marts.import_sources
        group by area, mineral_id, stage, period, period_type, basis, edition
        """
    )
    assert len(tables) > 500
    for value, quantity, missing, *remainder, coverage in tables:
        stated = [total for total in (value, quantity) if total is not None]
        assert stated == pytest.approx([1] * len(stated))
        assert bool(stated) == (coverage != "ranks_only")
        assert (missing > 0) == (coverage == "remainder_not_allocated")
        assert any(missing == pytest.approx(part) for part in remainder)


@pytest.mark.parametrize(
    ("mineral", "years"),
    # natural graphite's trade comes from BACI, which ends with 2024, and world output begins with 2023
    [("cobalt", 4), ("nickel", 4), ("lithium", 4), ("rare_earths", 4), ("graphite_natural", 2)],
)
def test_north_america_is_pooled(ask: Ask, mineral: str, years: int) -> None:
    rows = ask(
        """
        select distinct year
        from marts.import_dependency
        where
            area = 'USMCA' and mineral_id = $1 and coverage like 'full_netting%'
            and (net_import_reliance_pct is not null or nir_qualifier in ('>', '<', 'E'))
            and bloc_net_dependency_high_pct is not null
        """,
        mineral,
    )
    assert len(rows) >= years


def test_every_pooled_row_states_its_method(ask: Ask) -> None:
    assert ask("select count(*) from marts.import_dependency where area = 'USMCA'")[0][0] > 500
    assert not ask("from marts.import_dependency where area = 'USMCA' and coverage is null")


def test_mine_and_refinery_are_never_summed(ask: Ask) -> None:
    steps = ask(
        """
        select gap.mine_world_t, gap.refinery_world_t, mine.production_t, refinery.production_t
        from marts.processing_gap as gap
        inner join marts.world_production as mine
            on
                gap.mineral_id = mine.mineral_id and gap.year = mine.year and gap.edition = mine.edition
                and mine.stage = 'ore_concentrate' and mine.country_iso3 = 'WLD'
        inner join marts.world_production as refinery
            on
                gap.mineral_id = refinery.mineral_id and gap.year = refinery.year
                and gap.edition = refinery.edition
                and refinery.stage = gap.refinery_stage and refinery.country_iso3 = 'WLD'
        """
    )
    assert len(steps) >= 10
    assert all(step[:2] == step[2:] for step in steps), steps


def test_scorecard_names_the_minerals_of_the_news(ask: Ask) -> None:
    first_ten = ask(
        """
        select mineral_id
        from marts.vulnerability_scorecard
        where area = 'USA' and rank <= 10
        qualify year = max(year) over ()
        """
    )
    assert len(first_ten) == 10
    assert {"antimony", "gallium", "graphite_natural", "rare_earths"} <= {mineral for (mineral,) in first_ten}


def test_losing_china_hits_gallium_harder_than_copper(ask: Ask) -> None:
    shortfalls = ask(
        """
        pivot (
            select
                year, mineral_id,
                if(mineral_id = 'gallium', unreplaced_share_low, unreplaced_share_high) as share
            from marts.disruption_scenario
            where
                scenario_id = 'world_outage' and lost_supplier_iso3 = 'CHN'
                and mineral_id in ('gallium', 'copper')
        ) on mineral_id in ('gallium', 'copper') using max(share)
        """
    )
    assert [year for year, *_ in sorted(shortfalls)] == [2024, 2025]
    assert all(gallium > 1.5 * copper > 0 for _, gallium, copper in shortfalls), shortfalls


def test_losses_of_magnesium_and_aluminum_are_shares_by_weight(ask: Ask) -> None:
    """Customs codes of pure magnesium and of unwrought aluminum cover a part of what USGS weighs."""
    rows = ask(
        """
        select mineral_id, lost_supplier_iso3, share_basis, lost_t
        from marts.disruption_scenario
        where
            scenario_id = 'usa_embargo' and year = 2025
            and (mineral_id, lost_supplier_iso3)
            in (('magnesium', 'ISR'), ('magnesium', 'TUR'), ('aluminum', 'CAN'), ('gallium', 'JPN'))
        order by lost_t
        """
    )
    assert rows == [
        ("gallium", "JPN", "output_of_supplier", pytest.approx(3)),
        ("magnesium", "TUR", "usgs_four_years", pytest.approx(0.11 * 82_000)),
        ("magnesium", "ISR", "usgs_four_years", pytest.approx(0.20 * 82_000)),
        ("aluminum", "CAN", "usgs_four_years", pytest.approx(0.56 * 4_400_000)),
    ]


def test_pigments_have_another_dependency_than_sponge(ask: Ask) -> None:
    """USGS: the USA is a net exporter of titanium dioxide pigment and imports all its sponge."""
    rows = ask(
        """
        select sector_id, use_stage, extra_bloc_dependency_high_pct, rank_in_sector is null
        from marts.end_use_exposure
        where mineral_id = 'titanium' and area = 'USA'
        order by sector_id
        """
    )
    assert rows == [("chemicals", "compound", 0, True), ("metallurgy", None, 100, False)]
    assert not ask(
        """
        select sector_id, mineral_id
        from marts.end_use_exposure
        where (sector_id = 'batteries' and mineral_id = 'scandium')
            or (rank_in_sector > 0 and extra_bloc_dependency_high_pct = 0)
        """
    )


def test_lots_of_lithium_carbonate_make_no_gap_of_unit_values(ask: Ask) -> None:
    """China sold the USA 24 t in 2024 under a code worth USD 245 million in its largest year."""
    query = Path(__file__).parents[2] / "warehouse" / "queries" / "12_unit_value_gap.sql"
    found = {
        (area, code, year): (gap, flag) for area, code, year, _, _, gap, *_, flag, _ in ask(query.read_text())
    }
    assert found["USA", "283691", 2024] == (None, "too_little_trade")
    assert all((gap is None) == (flag != "ok") for gap, flag in found.values())


def test_stocks_of_exchanges_and_of_industry_are_separate(ask: Ask) -> None:
    """USGS prints one figure of copper for both; for silver, 25 t of industry, 15 000 t in COMEX vaults."""
    rows = ask(
        """
        select mineral_id, industry_stock_t, exchange_stock_t, industry_and_exchange_stock_t,
            round(industry_days_of_consumption), round(exchange_days_of_consumption)
        from marts.stockpile_cover
        where mineral_id in ('copper', 'silver') and year = 2025 and target_days = 90
        order by mineral_id
        """
    )
    assert rows == [("copper", None, None, 450_000, None, None), ("silver", 25, 15_000, None, 1, 583)]


def test_prices_of_2023_entered_as_floors_are_those_that_usgs_prints(ask: Ask) -> None:
    """Each names the chapter and the row of the Summaries that state the figure."""
    seed = Path(__file__).parents[2] / "dbt_project" / "seeds" / "price_floors.csv"
    rows = ask(
        f"""
        select floors.mineral_id, contains(floors.source, 'salient statistics: '), count(printed.price)
        from read_csv('{seed}') as floors
        left join core.fct_price as printed
            on floors.mineral_id = printed.mineral_id and printed.source_id = 'usgs_mcs'
                and year(printed.period) = 2023 and printed.price = floors.amount
        where floors.scenario_id = 'usa_price_of_2023'
        group by all
        """
    )
    assert len(rows) >= 7
    assert all(is_named and printed for _, is_named, printed in rows), rows


def test_no_mine_replaces_chinese_compounds_of_rare_earths(ask: Ask) -> None:
    """No table of separated output is published, so the output of other producers is unknown, not zero."""
    rows = ask(
        """
        select lost_share, replaceable_t, unreplaced_share, unreplaced_share_high, coverage,
            list_contains(string_split(minerals_not_measured, ';'), 'rare_earths')
        from marts.disruption_scenario
        where
            scenario_id = 'usa_embargo' and lost_supplier_iso3 = 'CHN' and mineral_id = 'rare_earths'
        """
    )
    assert len(rows) >= 2
    assert {row[1:] for row in rows} == {(None, None, rows[0][0], "no_output_table_at_stage", True)}
    assert rows[0][0] > 0.6


def test_chinese_gallium_is_not_replaced_by_plants_that_make_nothing(ask: Ask) -> None:
    """USGS prints 100 t of capacity in countries without output. Only Japan can add output, in both years.

    China still sold a ton a year under its controls, no more than the US share of what Japan can add.
    """
    rows = ask(
        """
        select year, spare_t, replaceable_t / divertible_share, lost_t
        from marts.disruption_scenario
        where scenario_id = 'usa_embargo' and lost_supplier_iso3 = 'CHN' and mineral_id = 'gallium'
        """
    )
    assert {year for year, *_ in rows} >= {2024, 2025}
    assert [spare for _, spare, *_ in rows] == pytest.approx([0.95 * 10 - 3] * len(rows))
    assert all(needed <= spare for _, spare, needed, _ in rows), rows
    assert all(0.5 < lost < 1.5 for *_, lost in rows), rows


@pytest.mark.parametrize("mineral", ["potash", "fluorspar"])
def test_canada_and_mexico_lower_dependency_sharply(ask: Ask, mineral: str) -> None:
    pairs = ask(
        """
        select alone.non_bloc_dependency_pct, pooled.non_bloc_dependency_pct
        from marts.bloc_scenario as alone
        inner join marts.bloc_scenario as pooled using (mineral_id, year)
        where alone.scenario_id = 'usa_alone' and pooled.scenario_id = 'usmca' and mineral_id = $1
        """,
        mineral,
    )
    assert len(pairs) >= 2
    assert all(alone > 90 and pooled < 0.4 * alone for alone, pooled in pairs), pairs


def test_uranium_is_not_a_rare_earth_and_germanium_is_not_zirconium(ask: Ask) -> None:
    carried = set(
        ask(
            """
            select hs_code, mineral_id from core.bridge_trade_product
            where nomenclature = 'HTS' and weight_mid > 0 and not is_allocation_only
            """
        )
    )
    assert ("2612100000", "uranium") in carried
    assert ("2612100000", "rare_earths") not in carried
    assert ("2825600010", "germanium") in carried
    assert ("2825600010", "zirconium") not in carried
    assert ("2607000040", "silver") in carried
    assert ("2607000040", "lead") not in carried
    assert not {mineral for code, mineral in carried if code in ("8505110010", "8505110030")}


@pytest.mark.parametrize(
    ("bloc", "iso3", "is_member"),
    [
        ("MSP", "JPN", False),
        ("FORGE", "KOR", True),
        ("PLURILATERAL_CANDIDATE", "CAN", False),
        ("PLURILATERAL_CANDIDATE", "MEX", True),
        ("US_FRAMEWORK", "AUS", True),
        ("MINISTERIAL_2026", "ZMB", True),
        ("EU27", "GBR", False),
    ],
)
def test_members_of_blocs_today(ask: Ask, bloc: str, iso3: str, is_member: bool) -> None:
    rows = ask("select is_member_today from core.dim_bloc_member where bloc = $1 and iso3 = $2", bloc, iso3)
    assert any(member for (member,) in rows) is is_member
    ((delegations,),) = ask(
        """
        select count(*) from core.dim_bloc_member
        where bloc = 'MINISTERIAL_2026' and role = 'member' and iso3 != 'USA'
        """
    )
    assert delegations == 54


@pytest.mark.parametrize("mineral", ["antimony", "gallium", "germanium", "indium"])
def test_a_metal_without_a_code_in_hs92_has_suppliers(ask: Ask, mineral: str) -> None:
    ((areas,),) = ask(
        """
        select list(distinct area order by area)
        from marts.import_sources
        where basis = 'baci' and mineral_id = $1 and stage = 'refined_metal' and period = date '2024-01-01'
        """,
        mineral,
    )
    assert areas == ["CAN", "MEX", "USA", "USMCA"]
