-- Which part of US imports comes from countries that restrict exports, and is there an agreement with them?
-- Shares of a mineral are by weight over four years, as USGS prints them: the low bound counts the suppliers
-- that it names, the high bound the unnamed rest as well. restricting_countries has every country that
-- restricts the mineral or a form of it, named in US imports or not, with its agreement with the USA; a pause
-- of controls and a statement are not agreements. If the suspension of a control has run out, it is not known
-- whether the control is in force: `suspended` says since when, and the shares do not count it. Other rows
-- are of one form, such as chromite, and remark says so. The first row is the value of all minerals held, of
-- which several codes hold two; no measure is known after known_through.
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
        concat(countries.name, coalesce(' (agreement: ' || agreements.signed || ')', ' (no agreement)'))
            as imposer
    from core.fct_restricting_supplier as measures
    inner join core.dim_country as countries on measures.imposer_iso3 = countries.iso3
    left join agreements on measures.imposer_iso3 = agreements.party_iso3
),

restricting as (
    select
        mineral_id,
        string_agg(imposer, ', ' order by imposer) as restricting_countries
    from imposers
    group by mineral_id
),

-- without members of groups, which the group's row already includes
all_imports as (
    select
        year(sources.period) as year,
        sum(sources.value_usd) as value_usd,
        sum(sources.value_usd) filter (sources.restricts_exports) as restricted_usd,
        sum(sources.value_usd) filter (sources.restricts_exports and sources.has_agreement) as agreed_usd
    from marts.import_sources as sources
    inner join core.dim_mineral as minerals on sources.mineral_id = minerals.mineral_id
    where
        sources.area = 'USA'
        and sources.basis = 'customs_value'
        and sources.stage not in ('end_form', 'scrap')
        and minerals.group_id = minerals.mineral_id
    group by sources.period
    qualify sources.period = max(sources.period) over ()
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
        'All minerals together' as mineral,
        'all_stages' as stage,
        concat(
            'by value: USD ', format('{:,}', round(restricted_usd / 1e6)::bigint), ' of ',
            format('{:,}', round(value_usd / 1e6)::bigint), ' million; with an agreement USD ',
            format('{:,}', round(coalesce(agreed_usd, 0) / 1e6)::bigint), ' million'
        ) as remark,
        year::varchar as period,
        restricted_usd / value_usd as restricted_import_share,
        restricted_usd / value_usd as restricted_import_share_high,
        (select max(newest.known_through) from newest) as known_through,
        'census_api' as source_ids
    from all_imports
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
