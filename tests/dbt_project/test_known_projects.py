"""Capacity and lists of projects on the starter's real figures, compared with known facts."""

from tests.dbt_project.conftest import Ask


def test_capacity_grows_as_the_outlook_states(ask: Ask) -> None:
    """Canadian cobalt in 2024, and the growth of world capacity from 2024 to 2029 in percent."""
    rows = ask(
        """
        select production_t, capacity_t, idle_capacity_t, utilisation_pct
        from marts.capacity_outlook
        where mineral_id = 'cobalt' and country_iso3 = 'CAN' and year = 2024
        """
    )
    assert rows == [(4500, 6500, 2000, 69.2)]
    growth = dict(
        ask(
            """
            select mineral_id, round(world_growth_pct)
            from marts.capacity_outlook
            where country_iso3 = 'WLD' and year = 2029 and base_year = 2024
            """
        )
    )
    expected = {"lithium": 111, "cobalt": 27, "gallium": 12, "titanium": 34, "magnesium": -3}
    assert growth.items() >= expected.items(), growth


def test_spare_output_is_known_where_only_the_outlook_has_capacity(ask: Ask) -> None:
    """The Summaries print no capacity for these four. The Outlook does, so part of the loss is covered."""
    rows = ask(
        """
        select distinct mineral_id
        from marts.disruption_scenario
        where scope = 'world_output' and source_ids like '%usgs_outlook%' and coverage_pct > 0
        """
    )
    assert {row[0] for row in rows} == {"cobalt", "lithium", "palladium", "platinum"}


def test_canadas_list_of_june_2026(ask: Ask) -> None:
    """Existing, planned and suspended facilities, and minerals without any Canadian entry."""
    counts = ask(
        """
        select stage, phase, count(*), count_if(is_on_hold)
        from core.dim_facility
        where country_iso3 = 'CAN'
        group by all
        """
    )
    assert {row[:3] for row in counts} == {
        ("mine", "advanced", 160),
        ("processing", "advanced", 32),
        ("mine", "operating", 69),
        ("processing", "operating", 30),
    }
    assert sum(row[3] for row in counts) == 33
    held = ask(
        """
        select distinct bridge.mineral_id
        from core.bridge_facility_mineral as bridge
        inner join core.dim_facility as facilities using (facility_id)
        where facilities.country_iso3 = 'CAN'
        """
    )
    assert {"arsenic", "barite", "beryllium", "hafnium", "strontium"}.isdisjoint({row[0] for row in held})
    tungsten = ask(
        """
        select stage, phase, n_facilities
        from marts.project_pipeline
        where mineral_id = 'tungsten' and area = 'CAN'
        """
    )
    assert set(tungsten) == {("mine", "advanced", 6), ("processing", "none", 0)}


def test_sites_without_a_phase_close_no_gap(ask: Ask) -> None:
    """ICMM lists 136 sites in Mexico and 1,627 in the USA, all without a phase."""
    counts = ask(
        "select country_iso3, count(*), count_if(phase = 'not_stated') from core.dim_facility group by all"
    )
    assert {row for row in counts if row[0] != "CAN"} == {("MEX", 136, 136), ("USA", 1_627, 1_627)}
    # barite is ground in the USA, at mills whose operation no list confirms
    barite = ask(
        """
        select distinct gap_without_project, gap_reason
        from marts.project_pipeline where mineral_id = 'barite'
        """
    )
    assert barite == [(None, "site_listed_phase_not_stated")]
    # rhenium is a by-product of a Mexican smelter, without a stage; the USA produces some: no gap is claimed
    rhenium = ask(
        """
        select area, bool_or(gap_without_project), max(n_facilities) filter (where stage = 'not_stated')
        from marts.project_pipeline where mineral_id = 'rhenium' group by area order by area
        """
    )
    assert rhenium == [("CAN", None, None), ("MEX", None, 1), ("USA", None, None)]
    assert ask("select distinct areas_listed from marts.project_pipeline") == [
        ("CAN: nrcan_projects; MEX: icmm_sites; USA: icmm_sites",)
    ]


def test_commitments_and_letters_of_interest_are_not_added(ask: Ask) -> None:
    """Ontario committed CAD 12,023,241 to 29 projects; letters of EXIM over USD 14.8 bn do not count."""
    rows = ask(
        """
        select funder, currency, sum(committed_amount), sum(letter_amount), count(amount_usd)
        from marts.public_support group by all order by funder
        """
    )
    assert rows == [
        ("Export-Import Bank of the United States", "USD", 10e9, 14.8e9, 6),
        ("Government of Ontario", "CAD", 12_023_241, None, 0),
        ("US Department of Energy", "USD", 3_771e6, None, 3),
    ]


def test_an_unknown_dependency_is_not_none(ask: Ask) -> None:
    """Bounds without a figure stay bounds: more than half of the graphite of the three comes from other
    countries.
    """
    rows = ask(
        """
        select distinct bloc_dependency_pct, bloc_dependency_low_pct > 50
        from marts.project_pipeline where mineral_id = 'graphite_natural'
        """
    )
    assert rows == [(None, True)]
