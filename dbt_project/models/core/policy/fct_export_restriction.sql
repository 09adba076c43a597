-- Export restrictions on minerals, by the country that imposes them and by source: Table 4 of the newest
-- Mineral Commodity Summaries, which states only the year, and the curated events, which state days and
-- suspensions. Both list largely the same measures, so they must not be added.
with listed as (
    select
        controls.*,
        codes.iso3 as imposer_iso3,
        phrases.mineral_id,
        phrases.stage,
        make_date(controls.since_year, 1, 1) as valid_from,
        -- the list has the restrictions in force in January of its edition
        greatest(controls.stated_through, make_date(controls.edition::integer, 1, 1)) as known_through
    from {{ ref('stg_usgs_mcs__export_controls') }} as controls
    inner join {{ ref('usgs_control_phrases') }} as phrases on controls.phrase = phrases.phrase
    inner join {{ ref('dim_country_code') }} as codes
        on controls.country = codes.code and codes.source_id = 'usgs_mcs'
    where
        controls.edition = (select max(held.edition) from {{ ref('stg_usgs_mcs__export_controls') }} as held)
),

-- periods of a control by event; none if it was suspended before its first day
spells as (
    select
        spell.event_id,
        spell.mineral_id,
        spell.imposer_iso3,
        spell.active_from,
        case when spell.active_to != spell.known_through then spell.active_to end as active_to,
        spell.known_through,
        measures.measure_type,
        event.source_url,
        null::date as unknown_since
    from {{ ref('bridge_export_control') }} as spell
    inner join {{ ref('export_control_measures') }} as measures on spell.event_id = measures.event_id
    inner join {{ ref('fct_policy_event') }} as event on spell.event_id = event.event_id
),

-- an event names minerals and also applies to their groups
named_minerals as (
    select
        event.event_id,
        event.imposer_iso3,
        event.effective,
        event.known_through,
        event.source_url,
        case
            when {{ policy_status(today()) }} = 'suspension_lapsed_unverified'
                then (event.suspended_to + 1)::date
        end as unknown_since,
        named.mineral_id
    from {{ ref('fct_policy_event') }} as event
    cross join lateral unnest(split(event.minerals, ';')) as named (mineral_id)
    where event.kind = 'export_control'
),

event_minerals as (
    select *
    from named_minerals
    union
    select
        named_minerals.event_id,
        named_minerals.imposer_iso3,
        named_minerals.effective,
        named_minerals.known_through,
        named_minerals.source_url,
        named_minerals.unknown_since,
        minerals.group_id as mineral_id
    from named_minerals
    inner join {{ ref('dim_mineral') }} as minerals on named_minerals.mineral_id = minerals.mineral_id
),

-- a control whose suspension has lapsed may be in force again: from that day it is unknown
known_and_unknown as (
    select * from spells
    union all
    select
        event.event_id,
        event.mineral_id,
        event.imposer_iso3,
        event.unknown_since as active_from,
        null::date as active_to,
        event.known_through,
        measures.measure_type,
        event.source_url,
        event.unknown_since
    from event_minerals as event
    inner join {{ ref('dim_mineral') }} as minerals on event.mineral_id = minerals.mineral_id
    inner join {{ ref('export_control_measures') }} as measures on event.event_id = measures.event_id
    where event.unknown_since is not null
),

-- the curated event for the same measure: same imposing country, mineral and kind, starting in the same year
twins as (
    select
        event.imposer_iso3,
        event.mineral_id,
        year(event.effective) as since_year,
        measures.measure_type,
        coalesce(min(spells.event_id), min(event.event_id)) as event_id,
        count(spells.event_id) = 0 as has_no_spell,
        max(event.unknown_since) as unknown_since
    from event_minerals as event
    inner join {{ ref('export_control_measures') }} as measures on event.event_id = measures.event_id
    left join spells on event.event_id = spells.event_id and event.mineral_id = spells.mineral_id
    group by event.imposer_iso3, event.mineral_id, year(event.effective), measures.measure_type
),

restrictions as (
    select
        listed.imposer_iso3,
        listed.mineral_id,
        listed.stage,
        listed.measure_type,
        listed.valid_from,
        null::date as valid_to,
        listed.known_through,
        'year' as date_precision,
        'usgs_mcs' as listed_by,
        listed.phrase,
        twins.event_id as policy_event_id,
        coalesce(twins.has_no_spell, false) and twins.unknown_since is null as is_suspended,
        case when twins.has_no_spell then twins.unknown_since end as unknown_since,
        listed.source_url,
        listed._archive_id as archive_id
    from listed
    left join twins
        on
            listed.imposer_iso3 = twins.imposer_iso3
            and listed.mineral_id = twins.mineral_id
            and listed.since_year = twins.since_year
            and listed.measure_type = twins.measure_type
    -- two phrases may name one mineral in one year
    qualify
        row_number() over (
            partition by
                listed.imposer_iso3, listed.mineral_id, listed.stage, listed.measure_type, listed.valid_from
            order by listed.phrase
        ) = 1
    union all
    select
        known_and_unknown.imposer_iso3,
        known_and_unknown.mineral_id,
        covered.stage,
        known_and_unknown.measure_type,
        known_and_unknown.active_from as valid_from,
        max(known_and_unknown.active_to) as valid_to,
        max(known_and_unknown.known_through) as known_through,
        'day' as date_precision,
        'policy_events' as listed_by,
        null as phrase,
        min(known_and_unknown.event_id) as policy_event_id,
        false as is_suspended,
        max(known_and_unknown.unknown_since) as unknown_since,
        min(known_and_unknown.source_url) as source_url,
        null as archive_id
    from known_and_unknown
    inner join {{ ref('bridge_control_stage') }} as covered
        on known_and_unknown.event_id = covered.event_id and known_and_unknown.mineral_id = covered.mineral_id
    group by
        known_and_unknown.imposer_iso3,
        known_and_unknown.mineral_id,
        covered.stage,
        known_and_unknown.measure_type,
        known_and_unknown.active_from
)

select
    imposer_iso3,
    mineral_id,
    stage,
    measure_type,
    case measure_type
        when 'ban' then 4 when 'temporary_ban' then 3 when 'quota' then 2 when 'licence' then 1
    end
        as severity,
    valid_from,
    valid_to,
    known_through,
    date_precision,
    listed_by,
    phrase,
    policy_event_id,
    policy_event_id is not null as in_policy_events,
    is_suspended,
    unknown_since,
    -- to the extent known: a restriction that has ended or is suspended is not in force today
    case
        when unknown_since is null
            then
                not is_suspended
                and valid_from <= {{ today() }}
                and coalesce(valid_to >= {{ today() }}, true)
    end as is_in_force,
    source_url,
    listed_by as source_id,
    archive_id
from restrictions
