-- Which part of US imports comes from countries that restrict exports, and is there an agreement with them?
-- Shares of a mineral are by weight over four years, as USGS prints them: the low bound counts the suppliers
-- that it names, the high bound the unnamed rest as well. restricting_countries has every country that
-- restricts the mineral or a form of it, named in US imports or not, with its agreement with the USA as far
-- as one is listed here; a pause of controls and a statement are not agreements. If the suspension of a
-- control has run out, it is not known whether the control is in force: `suspended` says since when, and the
-- shares do not count it. Other rows are of one form, such as chromite, and remark says so. The first row is
-- the value of all minerals held in the newest full year, of which several codes hold two: goods of the very
-- form that their origin restricts. Minerals whose suppliers USGS does not print come last, by value of US
-- customs. No measure is known after known_through.
with newest as (
    select *
    from marts.restricted_supply
    where
        area = 'USA'
        and basis = 'usgs_four_years'
        and (is_recommended or restricted_import_share > 0 or suspended_measure is not null)
    qualify period = max(period) over (partition by mineral_id)
),

agreements as (
    select
        party_iso3,
        string_agg(
            concat(
                if(kind = 'mou', 'memorandum of understanding', replace(kind, '_', ' ')), ' of ', year(signed)
            ), ', ' order by signed
        ) as signed
    from core.fct_agreement_party
    where kind not in ('suspension', 'statement')
    group by party_iso3
),

imposers as (
    select distinct
        measures.mineral_id,
        concat(countries.name, ' (agreement: ', coalesce(agreements.signed, 'none listed here'), ')')
            as imposer,
        measures.known_through
    from core.fct_restricting_supplier as measures
    inner join core.dim_country as countries on measures.imposer_iso3 = countries.iso3
    left join agreements on measures.imposer_iso3 = agreements.party_iso3
),

restricting as (
    select
        mineral_id,
        string_agg(distinct imposer, ', ' order by imposer) as restricting_countries,
        min(known_through) as known_through
    from imposers
    group by mineral_id
),

-- without members of groups, which the group's row already includes
customs as (
    select
        sources.mineral_id,
        sources.stage,
        sources.supplier_iso3,
        countries.name as supplier,
        minerals.name as mineral,
        year(sources.period) as year,
        sources.value_usd,
        sources.restricts_exports,
        sources.has_agreement,
        sources.worst_measure
    from marts.import_sources as sources
    inner join core.dim_mineral as minerals on sources.mineral_id = minerals.mineral_id
    left join core.dim_country as countries on sources.supplier_iso3 = countries.iso3
    where
        sources.area = 'USA'
        and sources.basis = 'customs_value'
        and sources.period_type = 'year'
        and sources.stage not in ('end_form', 'scrap')
        and minerals.group_id = minerals.mineral_id
        and sources.period = (
            select max(newest_year.period) from marts.import_sources as newest_year
            where
                newest_year.area = 'USA'
                and newest_year.basis = 'customs_value'
                and newest_year.period_type = 'year'
        )
),

all_imports as (
    select
        any_value(year) as year,
        sum(value_usd) as value_usd,
        sum(value_usd) filter (restricts_exports) as restricted_usd,
        sum(value_usd) filter (restricts_exports and has_agreement) as agreed_usd,
        concat(
            printf(
                ', %.0f %% of it ',
                100 * max(value_usd) filter (restricts_exports) / sum(value_usd) filter (restricts_exports)
            ),
            arg_max(concat(lower(mineral), ' from ', supplier), value_usd) filter (restricts_exports)
        ) as largest_part
    from customs
),

not_counted as (
    select
        concat(
            'controls on ', count(distinct mineral_id) filter (suspended_measure is not null),
            ' minerals, whose suspension has run out'
        ) as controls,
        max(known_through) as known_through
    from newest
),

-- minerals without a row by weight
by_value as (
    select
        mineral_id,
        stage,
        any_value(mineral) as mineral,
        any_value(year)::varchar as period,
        'by value, US customs' as remark,
        sum(value_usd) filter (restricts_exports) / sum(value_usd) as restricted_import_share,
        restricted_import_share as restricted_import_share_high,
        arg_max(worst_measure, value_usd) filter (restricts_exports) as worst_measure,
        string_agg(distinct supplier, ', ' order by supplier) filter (restricts_exports) as imposers
    from customs
    where mineral_id not in (select newest.mineral_id from newest)
    group by mineral_id, stage
    having sum(value_usd) filter (restricts_exports) > 0
),

listed as (
    select  -- noqa: AM07
        newest.mineral_id,
        newest.stage,
        minerals.name as mineral,
        case when not newest.is_recommended then 'this form only' end as remark,
        concat(year(newest.period), '-', year(newest.period) + 3) as period,
        newest.restricted_import_share,
        newest.restricted_import_share_high,
        newest.restricted_world_production_share,
        newest.worst_measure,
        case
            when newest.suspended_measure is not null
                then concat(
                    replace(newest.suspended_measure, '_', ' '), ', in force or not: unknown since ',
                    newest.unknown_since
                )
        end as suspended,
        (
            select string_agg(countries.name, ', ' order by countries.name) from core.dim_country as countries
            where list_contains(string_split(newest.imposers, ';'), countries.iso3)
        ) as imposers,
        restricting.restricting_countries,
        newest.known_through,
        newest.coverage,
        newest.source_ids
    from newest
    inner join core.dim_mineral as minerals on newest.mineral_id = minerals.mineral_id
    left join restricting on newest.mineral_id = restricting.mineral_id
    where
        newest.restricted_import_share > 0
        or newest.suspended_measure is not null
        or restricting.restricting_countries is not null
    union all by name
    select
        by_value.*,
        restricting.restricting_countries,
        restricting.known_through,
        'census_api;policy_events' as source_ids
    from by_value
    left join restricting on by_value.mineral_id = restricting.mineral_id
    union all by name
    select
        'All minerals together' as mineral,
        'all_stages' as stage,
        all_imports.year::varchar as period,
        all_imports.restricted_usd / all_imports.value_usd as restricted_import_share,
        all_imports.restricted_usd / all_imports.value_usd as restricted_import_share_high,
        concat(
            case
                when all_imports.restricted_usd < 1e9
                    then printf('USD %.0f million of ', all_imports.restricted_usd / 1e6)
                else printf('USD %.1f billion of ', all_imports.restricted_usd / 1e9)
            end,
            printf('USD %.1f billion', all_imports.value_usd / 1e9),
            all_imports.largest_part,
            case
                when all_imports.agreed_usd > 0.005 * all_imports.restricted_usd
                    then printf(
                        '; %.0f %% of it ', 100 * all_imports.agreed_usd / all_imports.restricted_usd
                    )
                else '; almost none '
            end,
            'from countries with an agreement'
        ) as remark,
        not_counted.controls as suspended,
        not_counted.known_through,
        'census_api;policy_events' as source_ids
    from all_imports
    cross join not_counted
)

select *
from listed
order by
    mineral_id is null desc,
    remark is not null asc,
    restricted_import_share desc,
    restricted_import_share_high desc,
    mineral_id asc,
    stage asc;
