-- A publication of a few rows for every table that the brief reads; `e0` makes a number a double.
-- The name of one mineral contains markup.
create schema core;
create schema marts;
create schema meta;

create table core.dim_mineral as
select *, false as is_allocation_only from (values
    ('cobalt', 'Cobalt', 'cobalt', true, true),
    ('gallium', 'Gallium', 'gallium', true, true),
    ('hostile', '<script>alert("x")</script> & =1+1', 'hostile', true, true),
    ('cement', 'Cement', 'cement', false, false)
) as t (mineral_id, name, group_id, on_us_2025, is_critical);

create table core.dim_country as
select * from (values
    ('USA', 'United States', 'US'), ('CAN', 'Canada', 'CA'), ('MEX', 'Mexico', 'MX'), ('CHN', 'China', 'CN'),
    ('JPN', 'Japan', 'JP'), ('NOR', 'Norway', 'NO'), ('ZZZ', 'not specified', null)
) as t (iso3, name, iso2);

create table core.dim_mineral_name as
select *, true as is_label from (values
    ('cobalt', 'en', 'cobalt'), ('cobalt', 'es', 'cobalto'), ('cobalt', 'fr', 'cobalt'),
    ('gallium', 'en', 'gallium'), ('gallium', 'es', 'galio'), ('gallium', 'fr', 'gallium')
) as t (mineral_id, lang, mineral_name);

create table core.dim_bloc_member as
select * from (values
    ('PLURILATERAL_CANDIDATE', 'JPN', null::date), ('FEOC', 'CHN', null)
) as t (bloc, iso3, valid_to);

create table core.fct_us_supply as
select * from (values
    ('cobalt', '2026', 2025, 80e0, 80e0, 'compound'),
    ('gallium', '2026', 2025, 100e0, 100e0, 'refined_metal'),
    ('hostile', '2026', 2025, null, 60e0, 'refined_metal')
) as t (mineral_id, edition, year, reliance_pct, reliance_low_pct, stage);

create table core.fct_us_supplier as
select * from (values
    ('cobalt', 'NOR', 0.5e0, 0.5e0), ('cobalt', 'CAN', 0.3e0, 0.3e0), ('cobalt', 'JPN', 0.2e0, 0.2e0),
    ('gallium', 'JPN', 0.75e0, 0.75e0), ('gallium', 'CHN', 0.25e0, 0.25e0),
    ('hostile', 'CHN', 1e0, 1e0), ('cement', 'CAN', 1e0, 1e0)
) as t (mineral_id, supplier_iso3, import_share, import_share_low);

create table marts.import_dependency as
select
    *,
    true as is_headline,
    case when net_import_reliance_pct is null then '>' else '=' end as nir_qualifier,
    'all_forms' as basis,
    '2021-2024' as supplier_period,
    case when area = 'USMCA' then us_dependency_on_outside_low_pct end as bloc_net_dependency_low_pct,
    case when area = 'USMCA' then us_dependency_on_outside_high_pct end as bloc_net_dependency_high_pct,
    null::varchar as not_netted_reason
from (values
    ('USA', 'cobalt', '2026', 2025, 80e0, 80e0, 80e0, 56e0, 56e0, 'NOR', 50e0, 'complete'),
    ('USA', 'cobalt', '2025', 2024, 10e0, 10e0, 10e0, 7e0, 7e0, 'NOR', 50e0, 'complete'),
    ('CAN', 'cobalt', '2026', 2025, null, null, 0e0, 0e0, 0e0, null, null, 'trade_only_fallback'),
    -- bounds that exclude nothing
    ('CAN', 'gallium', '2026', 2025, null, null, 100e0, 0e0, 100e0, null, null, 'trade_only_fallback'),
    ('MEX', 'gallium', '2026', 2025, null, 0e0, 100e0, 0e0, 100e0, null, null, 'trade_only_fallback'),
    ('MEX', 'cobalt', '2026', 2025, 100e0, 100e0, 100e0, 100e0, 100e0, null, null, 'trade_only_fallback'),
    ('USMCA', 'cobalt', '2026', 2025, 13e0, -115.5e0, 47.1e0, 0e0, 47.1e0, null, null, 'full_netting_production_unknown'),
    ('USA', 'gallium', '2026', 2025, 100e0, 100e0, 100e0, 100e0, 100e0, 'JPN', 75e0, 'complete'),
    ('USMCA', 'gallium', '2026', 2025, null, 82e0, 100e0, 82e0, 100e0, 'JPN', 75e0, 'bounded_by_output'),
    ('USA', 'hostile', '2026', 2025, null, 50e0, 100e0, 40e0, 100e0, 'CHN', 100e0, 'production_withheld'),
    ('USA', 'cement', '2026', 2025, 20e0, 20e0, 20e0, 1e0, 1e0, 'CAN', 100e0, 'complete')
) as t (
    area, mineral_id, edition, year, net_import_reliance_pct, nir_low_pct, nir_high_pct,
    us_dependency_on_outside_low_pct, us_dependency_on_outside_high_pct, top_supplier_iso3, top_supplier_share_pct, coverage
);

create table marts.processing_gap as
select * from (values
    ('cobalt', 2025, 0.1e0, 0.8e0, 'refined_metal', 'usgs_mcs', 0.02e0, 0.02e0, 0.01e0, 0.3e0, 'members_not_listed'),
    ('cobalt', 2024, 0.9e0, 0.1e0, 'refined_metal', 'usgs_mcs', 0.02e0, 0.02e0, 0.01e0, 0.01e0, 'complete'),
    ('gallium', 2025, null, 0.98e0, 'refined_metal', 'usgs_mcs', null, null, 0e0, 0e0, 'no_mine_table'),
    ('hostile', 2025, 0.7e0, null, null, null, 0e0, 0e0, null, null, 'no_refinery_table')
) as t (
    mineral_id, year, mine_share_china, refinery_share_china, refinery_stage, refinery_source_id, mine_share_usmca_low,
    mine_share_usmca_high, refinery_share_usmca_low, refinery_share_usmca_high, coverage
);

create table marts.supplier_concentration as
select *, 'year' as period_type from (values
    ('USA', 'cobalt', 'refined_metal', date '2025-01-01', 'customs_value', 3800e0, 'high'),
    -- a low-value flow
    ('USA', 'cobalt', 'ore_concentrate', date '2025-01-01', 'customs_value', 10000e0, null),
    ('USA', 'hostile', 'compound', date '2025-01-01', 'customs_value', 10000e0, 'high'),
    ('USA', 'gallium', 'refined_metal', date '2025-01-01', 'customs_value', 900e0, 'low')
) as t (area, mineral_id, stage, period, basis, hhi, level);

create table marts.vulnerability_scorecard as
select * from (values ('USA', 'cobalt', 2025, 2), ('USA', 'gallium', 2025, 1), ('USA', 'hostile', 2025, 3))
as t (area, mineral_id, year, rank);

create table marts.world_production as
select * from (values
    ('cobalt', 'ore_concentrate', 2025, '2026', 'CAN', 0.02e0),
    ('gallium', 'refined_metal', 2025, '2026', 'CAN', 0.05e0)
) as t (mineral_id, stage, year, edition, country_iso3, world_share);

create table marts.usmca_utilization as
select * from (values ('cobalt', date '2026-01-01', 1000e0), ('gallium', date '2024-01-01', 9000e0))
as t (mineral_id, period, duty_at_risk_usd);

create table core.dim_policy_stage as
select * from (values
    ('cobalt', 'refined', 'refined_metal', 'headline', false), ('gallium', 'metal', 'refined_metal', 'headline', true)
) as t (mineral_id, policy_stage, line_stage, role, is_basket);

create table marts.import_sources as
select
    *,
    1 as rank,
    'year' as period_type,
    supplier_iso3 as policy_iso3,
    case when supplier_iso3 = 'NOR' and basis = 'baci' then 0.1e0 * value_share end as indirect_low,
    case when supplier_iso3 = 'NOR' and basis = 'baci' then 0.2e0 * value_share end as indirect_high
from (values
    ('USA', 'cobalt', 'refined_metal', date '2024-01-01', 'baci', 'NOR', 0.6e0, 6e6),
    ('USA', 'cobalt', 'refined_metal', date '2024-01-01', 'baci', 'CHN', 0.4e0, 4e6),
    ('CAN', 'cobalt', 'refined_metal', date '2024-01-01', 'baci', 'NOR', 1e0, 1e6),
    ('MEX', 'cobalt', 'refined_metal', date '2024-01-01', 'baci', 'CHN', 1e0, 1e6),
    ('USMCA', 'cobalt', 'refined_metal', date '2024-01-01', 'baci', 'NOR', 0.58333e0, 7e6),
    ('USMCA', 'cobalt', 'refined_metal', date '2024-01-01', 'baci', 'CHN', 0.41667e0, 5e6),
    ('USA', 'cobalt', 'refined_metal', date '2025-01-01', 'customs_value', 'NOR', 0.5e0, 5e6),
    ('USA', 'cobalt', 'ore_concentrate', date '2025-01-01', 'customs_value', 'CAN', 1e0, 9e5),
    ('USA', 'hostile', 'compound', date '2025-01-01', 'customs_value', 'CHN', 1e0, 5e6),
    ('USA', 'gallium', 'refined_metal', date '2025-01-01', 'customs_value', 'JPN', 0.2e0, 1e6)
) as t (area, mineral_id, stage, period, basis, supplier_iso3, value_share, value_usd);

create table marts.market_distortion as
select
    mineral_id,
    'refined_metal' as stage,
    'month' as period_type,
    period::date as period,
    price as reference_price_usd_per_kg,
    case when period >= date '2025-02-01' then 30e0 end as floor_usd_per_kg,
    'usa_five_year_mean' as floor_scenario_id,
    'wb_test' as reference_series_id
from
    (values ('cobalt', 25e0), ('gallium', 300e0), ('hostile', 2e0)) as t (mineral_id, price),
    range(date '2025-01-01', date '2025-07-01', interval 1 month) as months (period);

create table marts.price_floor as
select
    'usa_five_year_mean' as scenario_id,
    *
from (values
    ('cobalt', date '2024-01-01', 'reported', true, 900, 30),
    ('cobalt', date '2025-01-01', 'reported', true, 400, 40),
    ('cobalt', date '2025-01-01', 'implied_from_price', null, 100, null),
    ('gallium', date '2025-01-01', 'implied_from_price', null, 700, null)
) as t (mineral_id, period, quantity_method, below_floor, value_usd, border_adjustment_usd);

create table marts.tariff_schedule as
select
    *,
    date '2026-02-24' as valid_from,
    date '2026-04-22' as known_through,
    0e0 as additional_122_pct,
    0e0 as additional_ieepa_pct
from (values
    ('25041010', 'CHN', 0e0, 25e0, 0e0), ('25041010', 'CAN', 0e0, 0e0, 0e0),
    ('76011060', 'CHN', 0e0, 25e0, 50e0), ('76011060', 'ROW', 0e0, 0e0, 50e0)
) as t (hts8, origin_iso3, base_ad_valorem_pct, additional_301_pct, additional_232_pct);

create table marts.duty_paid as
select *, 'year' as period_type from (values
    ('CHN', 'mineral', date '2024-01-01', '7601103000', 1000, 72),
    ('CHN', 'mineral', date '2025-01-01', '7601103000', 400, 110), ('CHN', 'mineral', date '2025-01-01', '2841800010', 600, 110),
    ('CAN', 'mineral', date '2024-01-01', '7601103000', 2000, 2),
    ('CAN', 'mineral', date '2025-01-01', '7601103000', 400, 140), ('CAN', 'mineral', date '2025-01-01', '7502100000', 1600, 6),
    ('CHN', 'end_form', date '2025-01-01', '8507600010', 9000, 1)
) as t (origin_iso3, form, period, hs_code, value_usd, calculated_duty_usd);

create table marts.usmca_claim as
select
    *,
    5e0 as mfn_on_day_pct,
    0e0 as waived_on_day_pct,
    5e0 as mfn_then_pct,
    25e0 as waived_then_pct,
    date '2026-02-25' as known_through
from (values
    ('CAN', 'mineral', date '2025-06-01', false, 100000000, 90000000, true),
    ('CAN', 'mineral', date '2025-06-01', true, 100000000, 0, false),
    ('CAN', 'mineral', date '2025-07-01', false, 100000000, 95000000, true),
    ('CAN', 'mineral', date '2025-07-01', true, 100000000, 97000000, true),
    ('MEX', 'mineral', date '2025-06-01', false, 100000000, 80000000, true),
    ('MEX', 'mineral', date '2025-07-01', false, 100000000, 99000000, true),
    ('MEX', 'end_form', date '2025-07-01', false, 900000000, 900000000, true)
) as t (origin_iso3, form, period, mfn_zero, value_usd, usmca_value_usd, is_recorded);

create table marts.disruption_scenario as
select
    *, 'usa_embargo' as scenario_id, true as is_in_supplier_total, 'complete' as coverage,
    value_not_replaced_usd as value_not_replaced_low_usd, value_not_replaced_usd as value_not_replaced_high_usd
from (values
    ('cobalt', 'NOR', 2025, 0.5e0, 0e0, 0.3e0, 120e0, null, 0e0, 0.1e0, 0, 3000000000, 2, 'cobalt'),
    ('hostile', 'CHN', 2025, 1e0, 0.9e0, 0.9e0, null, 1000000000, 0.3e0, 0.4e0, 1000000000, 3000000000, 1, 'gallium'),
    ('gallium', 'JPN', 2025, 0.75e0, 0e0, 0e0, null, 0, 0e0, 0e0, 0, 0, 3, null)
) as t (
    mineral_id, lost_supplier_iso3, year, lost_share, unreplaced_share_low, unreplaced_share_high,
    days_to_shortfall, value_not_replaced_usd, supplier_unreplaced_share_low, supplier_unreplaced_share_high,
    supplier_value_not_replaced_usd, supplier_value_not_replaced_high_usd, supplier_rank, minerals_not_measured
);

create table marts.disruption_sensitivity as
select
    mineral_id, lost_supplier_iso3, year, unreplaced_share_low, unreplaced_share_high, supplier_rank,
    supplier_rank as supplier_rank_from, 3 as supplier_rank_to
from marts.disruption_scenario
union all
select mineral_id, lost_supplier_iso3, year, unreplaced_share_low, lost_share, 4, 4, 4 from marts.disruption_scenario;

create table marts.restricted_supply as
select
    *, 'usgs_four_years' as basis, 'USA' as area, date '2021-01-01' as period, date '2026-01-01' as known_through,
    null as form_imposers, true as is_recommended, null as suspended_measure, null::date as unknown_since
from (values
    ('gallium', 'refined_metal', 0.53e0, 0.6e0, 0.99e0, 'licence', 'CHN', false),
    ('hostile', 'all_forms', null, null, null, null, null, null)
) as t (
    mineral_id, stage, restricted_import_share, restricted_import_share_high, restricted_world_production_share,
    worst_measure, imposers, agreement_with_largest_imposer
);

create table marts.floor_basis as
select *, 'USA' as area, 580e0 as reference_price_usd_per_kg from (values
    ('gallium', 'refined_metal', 'median_10y_nominal', 400e0, 5, 0.69e0, null, 'ok'),
    ('gallium', 'refined_metal', 'non_china_median', 700e0, 9, 1.2e0, 40e0, 'ok')
) as t (
    mineral_id, stage, method, usd_per_kg, n, ratio_to_current, would_have_bound_pct, quality_flag
);

create table marts.stockpile_cover as
select *, 90 as target_days, false as government_withheld from (values
    ('cobalt', 2025, 51.1e0, 62.5e0, 1000e0, 30000000, false, 'complete'),
    ('gallium', 2025, 120e0, 125e0, 0e0, 0, false, 'complete'),
    ('hostile', 2025, null, null, null, null, true, 'industry_stock_withheld')
) as t (
    mineral_id, year, days_of_consumption, days_of_net_imports, buy_t, buy_cost_usd, industry_withheld, coverage
);

create table marts.policy_calendar as
select
    *, 'high' as confidence, status as last_known_status, date '2026-04-22' as known_through, null as note,
    case next_date when effective then 'takes effect' when suspended_to then 'is no longer suspended' end as next_step,
    case when next_date is not null then row_number() over (order by next_date nulls last) end as next_rank,
    title != 'A general act' as concerns_minerals, null as hs_codes
from (values
    ('A licence regime begins', 'export_control', 'scheduled', date '2026-02-01', date '2026-03-03', null, null,
        date '2026-03-03', 'cobalt;gallium', 'https://example.org/notice'),
    ('A general act', 'agreement', 'scheduled', null, date '2026-03-02', null, null, date '2026-03-02', null, null),
    ('Section 122 surcharge of 10 %, at most 150 days', 'tariff', 'ended', null, date '2026-02-24', date '2026-02-28', null, null, null, null),
    ('A suspension', 'suspension', 'in_force', date '2025-11-09', date '2025-11-09', date '2026-11-27', null,
        date '2026-11-27', null, 'javascript:alert(1)'),
    ('=HYPERLINK("x")', 'tariff', 'in_force', null, date '2021-01-01', null, null, null, null, null),
    ('USMCA enters into force', 'agreement', 'in_force', null, date '2020-07-01', null, null, null, null, null)
) as t (title, kind, status, announced, effective, expires, suspended_to, next_date, minerals, source_url);

create table core.dim_facility as
select * from (values
    ('a', 'nrcan_projects', 'A <b>mine</b>', 'CAN', 'Yukon', 62e0, -135e0, 'A company', 'mine', 'advanced', true, date '2026-06-24', 'Cobalt', null),
    ('b', 'nrcan_projects', 'A plant', 'CAN', 'Quebec', 48e0, -72e0, null, 'processing', 'operating', false, date '2026-06-24', 'Cobalt; nickel', 'https://example.org/plant'),
    ('c', 'icmm_sites', 'A site', 'MEX', null, 25e0, -102e0, null, 'mine_and_processing', 'not_stated', null, date '2025-09-01', 'Cobalt', null),
    ('d', 'fast41', 'A permit', 'USA', 'NV', 38e0, -117e0, 'A sponsor', 'mine', 'permitting', false, date '2026-09-12', 'Cobalt', 'https://example.org/permit')
) as t (facility_id, source_id, name, country_iso3, subdivision, latitude, longitude, operator, stage, phase, is_on_hold, vintage, commodities, url);

create table core.bridge_facility_mineral as
select * from (values ('a', 'cobalt', 'stated'), ('b', 'cobalt', 'stated'), ('c', 'cobalt', 'primary'), ('d', 'cobalt', 'title'))
    as t (facility_id, mineral_id, commodity_rank);

create table core.dim_headline_stage as
select * from (values ('cobalt', 'refined_metal'), ('gallium', 'refined_metal')) as t (mineral_id, output_stage);

-- no output of the two is held: no mineral has a place in question 35
create table core.fct_member_output as
select * from (values ('cobalt', 'CAN', 'refined_metal', 2025, '2026', 10e0, 10e0))
as t (mineral_id, country_iso3, stage, year, edition, output_low_t, output_high_t)
where false;

create table core.fct_operating_site as
select * from (values ('cobalt', 'CAN', 'A plant')) as t (mineral_id, country_iso3, site_names)
where false;

create table marts.project_pipeline as
select * from (values
    ('cobalt', 'CAN', 'mine', 'advanced', 'Cobalt', true, 1, 1, 2025, 0e0, 47e0, false, 'dependency_below_half', null, 'CAN: nrcan_projects'),
    ('cobalt', 'CAN', 'processing', 'operating', 'Cobalt', true, 1, 0, 2025, 0e0, 47e0, false, 'dependency_below_half', null, 'CAN: nrcan_projects'),
    ('cobalt', 'USA', 'mine', 'permitting', 'Cobalt', true, 1, 0, 2025, 0e0, 47e0, false, 'dependency_below_half', date '2027-02-01', 'CAN: nrcan_projects'),
    ('cobalt', 'MEX', 'mine', 'not_stated', 'Cobalt', true, 1, 0, 2025, 0e0, 47e0, false, 'dependency_below_half', null, 'CAN: nrcan_projects'),
    ('gallium', 'CAN', 'mine', 'none', 'Gallium', true, 0, 0, 2025, 82e0, 100e0, true, 'no_processing_listed', null, 'CAN: nrcan_projects'),
    ('gallium', 'CAN', 'processing', 'none', 'Gallium', true, 0, 0, 2025, 82e0, 100e0, true, 'no_processing_listed', null, 'CAN: nrcan_projects')
) as t (
    mineral_id, area, stage, phase, mineral_name, is_critical, n_facilities, n_on_hold, dependency_year,
    bloc_dependency_low_pct, bloc_dependency_high_pct, gap_without_project, gap_reason, next_milestone_on, areas_listed
);

create table meta.build_info as
select '20260301T031502Z' as build_id, timestamp '2026-03-01 03:15:02' as built_at;

create table meta.source_status as
select *, null::date as newest_period, null::date as expected_next from (values
    ('usgs_mcs', 'starter', date '2026-02-06', 23, 'U.S. Geological Survey, Mineral Commodity Summaries.', null),
    ('census_api', 'live', date '2026-02-19', 10, 'U.S. Census Bureau, International Trade', null),
    ('boc_fx', 'skipped', null, null, null, 'the run was started offline')
) as t (source_id, mode, vintage, age_days, citation, note);

create table meta.table_dictionary as
select 'marts' as schema_name, 'import_dependency' as table_name, 'Net import reliance <b>by area</b>.' as description;

create table meta.column_dictionary as
select * from (values
    ('marts', 'import_dependency', 1, 'area', 'VARCHAR', null, 'Area'),
    ('marts', 'import_dependency', 2, 'imports_t', 'DOUBLE', 't', 'Imports, t'),
    ('meta', 'build_info', 1, 'build_id', 'VARCHAR', null, 'Name of the publication.')
) as t (schema_name, table_name, position, column_name, data_type, unit, description);
