"""Faulty rows planted in the built tables: a statement catches them, or the answers do not change.

The faults are an implied quantity, an expired date, a row of an allocation-only code, and a missing figure
read as zero.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.warehouse import sql_of_tests

REPOSITORY = Path(__file__).parents[2]
POLICY_STAGE = REPOSITORY / "dbt_project" / "seeds" / "policy_stage.csv"
QUERIES = sorted((REPOSITORY / "warehouse" / "queries").glob("*.sql"))
TILES = [REPOSITORY / "orchestration" / "brief" / "sql" / f"{name}.sql" for name in ("cards", "dependency")]
NAMES_WHAT_IS_NOT_JUDGED = {"05_below_the_floor", "06_exempting_a_bloc"}
"""Queries that state a value without a verdict: the value may grow, but the charge may not."""
CHARGED = {"border_adjustment_usd", "without_exemption_usd", "with_exemption_usd", "exempted_usd"}

CAUGHT = {
    "implied quantity judged": (
        """
        update marts.price_floor
        set below_floor = true, border_adjustment_usd = 1000000000, ad_valorem_equivalent_pct = 50
        where quantity_method = 'implied_from_price'
        """,
        "expert_a_floor_is_judged_on_reported_weight_only",
    ),
    "weight that is not credible judged": (
        """
        update marts.price_floor set below_floor = landed_usd_per_kg < floor_usd_per_kg
        where quantity_method = 'not_credible'
        """,
        "expert_a_weight_is_credible",
    ),
    "barite at six dollars a ton": (
        """
        update marts.import_sources set quantity_t = 901782
        where mineral_id = 'barite' and basis = 'baci' and area = 'CAN' and supplier_iso3 = 'USA'
            and period = date '2024-01-01'
        """,
        "expert_a_supplier_ships_what_it_can_be_paid_for",
    ),
    "floor of a method that has no level": (
        "update core.dim_price_floor set floor_usd_per_kg = 99 where no_floor_reason is not null",
        "expert_a_floor_by_method_is_its_level",
    ),
    "suspension that ran out in force": (
        """
        update marts.policy_calendar
        set status = 'in_force', suspended_to = date '2001-01-01', known_through = date '2000-01-01'
        where kind = 'export_control'
        """,
        "expert_a_suspension_that_ran_out_is_no_control",
    ),
    "ban whose suspension lapsed as ended": (
        "update core.fct_export_restriction set is_in_force = false where unknown_since is not null",
        "expert_a_lapsed_suspension_is_unknown_everywhere",
    ),
    "deadline that passed next": (
        """
        update marts.policy_calendar set days_until = -5, next_date = date '2001-01-01'
        where kind = 'deadline'
        """,
        "expert_days_count_to_the_next_date",
    ),
    "rate stated after what is known": (
        "update marts.tariff_schedule set total_ad_valorem_pct = 25 where rate_status = 'not_known_after'",
        "expert_no_rate_after_what_is_known",
    ),
    "duty of an allocation-only mineral": (
        """
        insert into marts.tariff_exposure by name
        select 'dysprosium' as mineral_id, * exclude (mineral_id) from marts.tariff_exposure limit 1
        """,
        "expert_only_what_is_measured_has_figures",
    ),
    "the three using less than the USA": (
        """
        update marts.import_dependency set apparent_consumption_t = 1
        where area = 'USMCA' and apparent_consumption_t is not null
        """,
        "trade_three_use_no_less_than_the_usa",
    ),
    "stockpile of the three on less than the USA uses": (
        """
        update marts.stockpile_cover set bloc_consumption_t = usa_consumption_t / 2
        where usa_consumption_t > 0
        """,
        "expert_the_three_use_no_less_than_the_usa",
    ),
    "lower bound of the three above the upper": (
        """
        update marts.import_dependency set bloc_net_dependency_low_pct = bloc_net_dependency_high_pct + 1
        where area = 'USMCA' and bloc_net_dependency_high_pct is not null
        """,
        "trade_bounds_hold_the_figure",
    ),
    "row of the three that counts the USA otherwise": (
        """
        update marts.import_dependency set us_dependency_on_outside_pct = us_dependency_on_outside_pct + 1
        where area = 'USMCA' and us_dependency_on_outside_pct is not null
        """,
        "trade_usa_and_the_three_agree",
    ),
    "row of the three with another share of China": (
        """
        update marts.import_dependency set china_import_share_pct = china_import_share_pct / 2
        where area = 'USMCA' and supplier_period = '2021-2024' and china_import_share_pct > 0
        """,
        "trade_usa_and_the_three_agree",
    ),
    "score of an allocation-only mineral": (
        """
        insert into marts.vulnerability_scorecard by name
        select 'dysprosium' as mineral_id, * exclude (mineral_id) from marts.vulnerability_scorecard limit 1
        """,
        "expert_a_mineral_of_a_group_is_not_scored_twice",
    ),
    "unknown replacement as none": (
        """
        update marts.disruption_scenario set unreplaced_share = 0
        where replaceable_t is null and lost_t > 0
        """,
        "expert_an_unknown_replacement_is_not_none",
    ),
    "value without a measure": (
        "update marts.disruption_scenario set value_not_replaced_usd = 5 where unreplaced_share is null",
        "expert_value_not_replaced_is_of_what_is_measured",
    ),
    "loss at shares of four years above what was sold": (
        """
        update marts.disruption_scenario
        set value_not_replaced_high_usd = (0.55 * import_value_usd)::bigint
        where mineral_id = 'antimony' and lost_supplier_iso3 = 'CHN' and year = 2025
            and scope = 'area_imports'
        """,
        "expert_what_is_not_replaced_was_imported",
    ),
    "loss of a year at shares of other years": (
        """
        update marts.disruption_scenario
        set share_basis = 'usgs_four_years', share_period = '2021-2024'
        where mineral_id = 'bismuth' and lost_supplier_iso3 = 'CHN' and year = 2025
            and scope = 'area_imports'
        """,
        "expert_a_loss_names_its_ground",
    ),
    "loss of more than the supplier makes": (
        """
        update marts.disruption_scenario set lost_t = 49679
        where mineral_id = 'magnesium' and lost_supplier_iso3 = 'ISR' and year = 2025
            and scope = 'area_imports'
        """,
        "expert_a_loss_is_no_more_than_the_supplier_makes",
    ),
    "magnesite compared with magnesium metal": (
        "update marts.processing_gap set processing_deficit_low_pp = 1 where mineral_id = 'magnesium'",
        "expert_two_shares_are_of_one_chain",
    ),
    "range of a rank by its weights alone": (
        "update marts.vulnerability_scorecard set rank_low = rank, rank_high = rank",
        "expert_a_rank_is_a_range_of_its_scores",
    ),
    "rank given as exact where bounds overlap": (
        """
        update marts.disruption_scenario
        set supplier_rank_from = supplier_rank, supplier_rank_to = supplier_rank
        """,
        "expert_a_rank_is_a_range_where_bounds_overlap",
    ),
    "goods of a supplier that makes none as nothing": (
        """
        update marts.disruption_scenario set value_not_replaced_usd = 0, value_not_replaced_high_usd = 0
        where coverage = 'not_made_by_supplier'
        """,
        "expert_a_supplier_that_makes_none_still_sells",
    ),
    "computed figure for a printed one": (
        """
        update marts.import_dependency set net_import_reliance_pct = computed_nir_pct
        where area = 'USA' and mineral_id = 'antimony' and year = 2025 and edition = '2026' and is_headline
        """,
        "expert_what_is_printed_is_quoted",
    ),
    "point between bounds that settle nothing": (
        """
        update marts.import_dependency set net_import_reliance_pct = 100
        where area = 'CAN' and mineral_id = 'titanium' and year = 2024
        """,
        "expert_a_point_lies_within_bounds_that_settle_it",
    ),
    "bounds of nothing as a figure": (
        "update marts.project_pipeline set bloc_dependency_high_pct = 100 where mineral_id = 'potash'",
        "expert_bounds_of_nothing_are_no_figure",
    ),
    "net exporter at a percentage of its use": (
        """
        update marts.import_dependency set nir_low_pct = -29661.8
        where area = 'USMCA' and mineral_id = 'metallurgical_coal' and is_headline
        """,
        "expert_no_share_of_use_is_below_minus_a_whole",
    ),
    "floor judged on a lot of a line": (
        """
        update marts.price_floor set below_floor = true
        where quality_flag like '%too_little_trade%'
        """,
        "expert_a_floor_is_not_judged_on_dust",
    ),
    "lone series called another": (
        """
        update marts.price_to_quote set quote_note = 'another series of the same stage'
        where series_id = 'usgs_ndpr_oxide'
        """,
        "expert_a_lone_series_is_not_another_one",
    ),
    "missing component as zero": (
        "update marts.vulnerability_component set score = 0 where measure is null",
        "expert_a_missing_component_may_be_none_or_all",
    ),
    "stockpile without a price for nothing": (
        "update marts.stockpile_cover set buy_cost_usd = 0 where price_usd_per_kg is null",
        "expert_a_stockpile_costs_what_it_buys",
    ),
    "ferroniobium called an ore": (
        """
        update marts.import_dependency set stage = 'ore_concentrate'
        where area = 'USMCA' and mineral_id = 'niobium'
        """,
        "expert_a_netted_row_names_what_is_traded",
    ),
    "no output next to an operating mine": (
        "update marts.import_dependency set coverage = 'no_home_output' where coverage = 'no_output_stated'",
        "expert_none_is_not_said_of_a_listed_site",
    ),
    "assumed replacement as a measured figure": (
        "update marts.disruption_scenario set is_replacement_assumed = false where is_replacement_assumed",
        "expert_an_assumed_replacement_is_a_range",
    ),
    "value of metal in one year by a share of four": (
        """
        update marts.disruption_scenario set value_not_replaced_high_usd = 71706
        where
            mineral_id = 'aluminum' and lost_supplier_iso3 = 'CHN' and year = 2025
            and scope = 'area_imports'
        """,
        "expert_a_value_of_other_goods_is_bounded",
    ),
    "four prices as five years": (
        """
        update marts.price_floor set floor_years_held = floor_years_asked
        where floor_years_held < floor_years_asked
        """,
        "expert_a_floor_of_some_years_says_so",
    ),
    "arsenic made in Malaysia": (
        """
        update marts.import_sources set supplier_output = 'listed'
        where mineral_id = 'arsenic' and supplier_iso3 = 'MYS'
        """,
        "expert_a_supplier_without_output_is_marked",
    ),
    "no gallium from a plant that works": (
        """
        update core.fct_member_output set output_t = 0, output_high_t = 0
        where mineral_id = 'gallium' and country_iso3 = 'CAN' and is_unstated
        """,
        "expert_an_operating_site_is_not_zero",
    ),
    "six prices as ten years": (
        "update marts.floor_basis set quality_flag = 'ok' where method = 'median_10y_nominal' and n < 8",
        "expert_a_median_of_ten_years_has_eight",
    ),
    "figure by hand without an address": (
        "update core.fct_member_output set citation = null where source_id = 'member_output'",
        "expert_a_figure_entered_by_hand_is_cited",
    ),
    "index above its end": (
        """
        update marts.vulnerability_component set measure = 10000.6
        where component = 'world_concentration' and mineral_id = 'gallium'
        """,
        "expert_an_index_of_concentration_has_an_end",
    ),
    "months without claims as no use": (
        "update marts.usmca_utilization set utilization_pct = 0 where recording_break",
        "expert_a_month_without_claims_has_no_rate",
    ),
    "output that nobody prints as none": (
        """
        update marts.processing_gap set processing_deficit_pp = 10
        where mine_share_usmca is null or refinery_share_usmca is null
        """,
        "expert_a_gap_needs_two_tables",
    ),
    "control active after all that is known": (
        """
        update marts.market_distortion set period = date '2090-01-01'
        where export_control_active
        """,
        "expert_a_control_is_known_or_unknown",
    ),
}
"""Each planted fault with the statement that catches it."""

LET_BE = {
    "a newer price under a control whose act states its last day": (
        """
        insert into marts.market_distortion by name
        select distortion.* replace (stated.active_to - 1 as period)
        from marts.market_distortion as distortion
        inner join (
            select distinct mineral_id, active_to from core.bridge_export_control
            where unknown_from is null and active_to > (select max(known_through) from marts.policy_calendar)
        ) as stated using (mineral_id)
        where distortion.export_control_active
        limit 1
        """,
        "expert_a_control_is_known_or_unknown",
    ),
}
"""Each harmless change of an ordinary refresh with the statement that must not catch it."""

CARRIED_BY_NOTHING = """
    insert into marts.price_floor by name
    select * replace (1000000000000 as value_usd)
    from marts.price_floor where quantity_method = 'implied_from_price';
    insert into marts.policy_calendar by name
    select
        * replace (
            'planted' as event_id, 'suspension_lapsed_unverified' as status, null as next_date,
            null as days_until, date '2001-01-01' as suspended_to
        )
    from marts.policy_calendar where kind = 'export_control' limit 1;
    insert into marts.disruption_scenario by name
    select * replace (
        'planted' as mineral_id, null as replaceable_t, null as unreplaced_t, null as unreplaced_share,
        null as value_not_replaced_usd, null as value_not_replaced_high_usd, false as is_in_supplier_total
    )
    from marts.disruption_scenario where scenario_id = 'usa_embargo' and not is_in_supplier_total limit 1;
    insert into marts.usmca_claim by name
    select * replace ('planted' as hs_code, 'end_form' as form, 1000000000000 as value_usd,
        1000000000000 as usmca_value_usd)
    from marts.usmca_claim where is_recorded limit 1;
"""


@pytest.fixture(scope="module")
def statements(built: Path) -> dict[str, str]:
    """The expert statements, and those on trade, as they were run."""
    return {
        name.removeprefix("test.minerals."): sql
        for name, sql in sql_of_tests(built).items()
        if name.startswith(("test.minerals.expert_", "test.minerals.trade_"))
    }


@pytest.fixture(scope="module")
def copy(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the built tables that tests must leave unchanged."""
    path = shutil.copy(built / "build.duckdb", tmp_path_factory.mktemp("plants") / "build.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("set variable today = date '2026-11-28'")
        # the only seed that such a statement reads
        con.execute("attach ':memory:' as landing; create schema landing.seeds")
        con.execute(
            f"create table landing.seeds.policy_stage as from read_csv('{POLICY_STAGE}', all_varchar = true)"
        )
        yield con


def answers(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """The results of the tiles, of the brief's first section, and of every query of the book."""
    found = {path.stem: con.execute(path.read_text()).fetchall() for path in [*TILES, *QUERIES]}
    for query in NAMES_WHAT_IS_NOT_JUDGED:
        stated = con.execute((REPOSITORY / "warehouse" / "queries" / f"{query}.sql").read_text())
        names = [column[0] for column in stated.description or []]
        charged = [place for place, name in enumerate(names) if name in CHARGED]
        found[query] = sorted({tuple(row[place] for place in charged) for row in found[query]}, key=str)
    return found


def test_there_are_sixty_statements(statements: dict[str, str]) -> None:
    assert len(statements) >= 60


@pytest.mark.parametrize(("plant", "statement"), CAUGHT.values(), ids=CAUGHT)
def test_a_planted_fault_is_caught(
    copy: duckdb.DuckDBPyConnection, statements: dict[str, str], plant: str, statement: str
) -> None:
    assert not copy.execute(statements[statement]).fetchall()
    copy.begin()
    try:
        ((planted,),) = copy.execute(plant).fetchall()
        assert planted, "nothing was planted"
        assert copy.execute(statements[statement]).fetchall()
    finally:
        copy.rollback()


@pytest.mark.parametrize(("plant", "statement"), LET_BE.values(), ids=LET_BE)
def test_a_harmless_change_fails_no_check(
    copy: duckdb.DuckDBPyConnection, statements: dict[str, str], plant: str, statement: str
) -> None:
    copy.begin()
    try:
        ((planted,),) = copy.execute(plant).fetchall()
        assert planted, "nothing was planted"
        assert not copy.execute(statements[statement]).fetchall()
    finally:
        copy.rollback()


def moved(con: duckdb.DuckDBPyConnection, plant: str) -> set[str]:
    """The answers that change because of a planted row."""
    before = answers(con)
    con.begin()
    try:
        con.execute(plant)
        after = answers(con)
    finally:
        con.rollback()
    return {name for name, rows in before.items() if rows != after[name]}


def test_months_replace_full_years(copy: duckdb.DuckDBPyConnection) -> None:
    """Questions 10 and 11, as after census_bulk and comtrade are fetched."""
    plant = """
        insert into marts.transshipment_watch by name
        select
            'THA' as hub_iso3, 'antimony' as product_group, date '2025-06-01' as period, 'USA' as area,
            'CHN' as imposer_iso3, 700000 as exported_usd, 20.0 as exported_t, 15.0 as implied_reexport_t,
            4.0 as import_jump_ratio, true as flag, 'complete' as coverage, 'census_bulk' as source_ids
    """
    copy.begin()
    try:
        copy.execute(plant)
        found = answers(copy)
    finally:
        copy.rollback()
    [thai] = [row for row in found["10_reroute_suspects"] if (row[0], row[2]) == ("antimony", "THA")]
    assert (thai[5], thai[7]) == ("months to 2025-06", 700000)
    assert "1 month with a flag; 15" in thai[12]
    assert [(row[0], row[1]) for row in found["11_antimony_by_hubs"]] == [("2025-06", "THA")]


def test_rows_marked_as_unknown_change_no_answer(copy: duckdb.DuckDBPyConnection) -> None:
    # question 6 takes the year of which enough can be judged, and these rows lower that part
    assert moved(copy, CARRIED_BY_NOTHING) <= {"06_exempting_a_bloc"}
    assert "05_below_the_floor" in moved(copy, CAUGHT["implied quantity judged"][0])


def test_an_unknown_country_code_is_named_with_its_value_for_every_source(
    copy: duckdb.DuckDBPyConnection, statements: dict[str, str]
) -> None:
    copy.execute("create schema if not exists landing.staging")
    copy.execute("""
        create or replace table landing.staging.stg_trade__line as
        select
            source_id, unnest(['X701', min(code)]) as partner_code, min(code) as reporter_code,
            date '2025-01-01' as period, 'import' as flow, 416000000 as value_usd
        from core.dim_country_code
        group by source_id
    """)
    found = copy.execute(statements["trade_partner_codes_are_known"]).fetchall()
    sources = copy.execute("select distinct source_id from core.dim_country_code").fetchall()
    assert {(source, code, value) for source, code, _, _, value in found} == {
        (source, "X701", 416_000_000) for (source,) in sources
    }
    assert {"census_api", "census_bulk", "usitc_dataweb", "cepii_baci"} <= {source for (source,) in sources}


def test_a_schedule_that_no_list_dates_is_named(copy: duckdb.DuckDBPyConnection, built: Path) -> None:
    copy.execute("create schema if not exists landing.staging")
    copy.execute("""
        create or replace table landing.staging.stg_usitc_hts__line as
        select unnest(['2026_rev_5', '2027_rev_1', '2027_rev_1']) as hts_release
    """)
    copy.execute("""
        create or replace table landing.staging.stg_usitc_hts__release as select '2026_rev_5' as hts_release
    """)
    statement = sql_of_tests(built)["test.minerals.tariff_releases_are_dated"]
    assert copy.execute(statement).fetchall() == [("2027_rev_1",)]
