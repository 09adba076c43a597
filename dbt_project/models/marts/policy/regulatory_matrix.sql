-- Instruments that each country uses on critical minerals, from the sources held: export restrictions,
-- tariffs, bans, agreements, stockpiles, trade remedies. The lists are not exhaustive: a missing row does not
-- mean that there is no instrument.
with restrictions as (
    -- two lists name largely the same measures: a measure on both counts once
    select
        'export_' || measure_type as instrument,
        imposer_iso3 as country_iso3,
        coalesce(policy_event_id, coalesce(phrase, mineral_id) || ' ' || year(valid_from)::string)
            as measure_id,
        mineral_id,
        valid_from as since,
        is_in_force,
        known_through,
        source_url,
        source_id
    from {{ ref('fct_export_restriction') }}
),

agreements as (
    select
        'agreement' as instrument,
        party_iso3 as country_iso3,
        agreement_id as measure_id,
        null as mineral_id,
        signed as since,
        true as is_in_force,
        null::date as known_through,
        source_url,
        source_id
    from {{ ref('fct_agreement_party') }}
    where kind not in ('suspension', 'statement')
),

events as (
    select
        kind as instrument,
        imposer_iso3 as country_iso3,
        event_id as measure_id,
        named.mineral_id,
        coalesce(effective, announced) as since,
        last_known_status in ('in_force', 'under_way') as is_in_force,
        known_through,
        source_url,
        source_id
    from {{ ref('policy_calendar') }}
    cross join lateral unnest(split(coalesce(minerals, ''), ';')) as named (mineral_id)
    where
        kind in ('tariff', 'import_ban', 'technology_control', 'stockpile', 'price_floor', 'investigation')
        and imposer_iso3 is not null
        and coalesce(effective, announced) <= {{ today() }}
),

remedies as (
    select
        'trade_remedy' as instrument,
        'USA' as country_iso3,
        instrument || ' ' || mineral_id || ' ' || origin_iso3 as measure_id,
        mineral_id,
        first_document as since,
        status = 'in_force' as is_in_force,
        known_through,
        null as source_url,
        'federal_register' as source_id
    from {{ ref('fct_trade_remedy') }}
),

measures as (
    select * from restrictions
    union all
    select * from agreements
    union all
    select * from events
    union all
    select * from remedies
)

select
    measures.instrument,
    measures.country_iso3,
    countries.name as country_name,
    countries.iso3 in ('USA', 'CAN', 'MEX') as is_bloc,
    count(distinct measures.measure_id)::integer as n_measures,
    count(distinct measures.measure_id) filter (where measures.is_in_force)::integer as n_in_force,
    (count(distinct nullif(measures.mineral_id, '')) filter (where measures.is_in_force))::integer
        as n_minerals,
    year(min(measures.since))::smallint as first_year,
    year(max(measures.since))::smallint as newest_year,
    {{ joined_distinct('measures.measure_id', ';', where='measures.is_in_force') }} as measure_ids,
    {{ joined_distinct('measures.source_url', ';', where='measures.is_in_force') }} as links,
    max(measures.known_through) as known_through,
    case when count(measures.source_url) = 0 then 'not_exhaustive;address_not_known' else 'not_exhaustive' end
        as coverage,
    {{ joined_distinct('measures.source_id', ';') }} as source_ids
from measures
inner join {{ ref('dim_country') }} as countries on measures.country_iso3 = countries.iso3
group by measures.instrument, measures.country_iso3, countries.name, countries.iso3
