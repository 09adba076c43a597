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
        event.hs_codes,
        -- if the bridge has none of the codes: chapters 25 and 26 are ores
        case when left(event.hs_codes, 2) in ('25', '26') then 'ore_concentrate' else 'all_forms' end
            as usual_stage
    from {{ ref('bridge_export_control') }} as spell
    inner join {{ ref('export_control_measures') }} as measures on spell.event_id = measures.event_id
    inner join {{ ref('fct_policy_event') }} as event on spell.event_id = event.event_id
),

products as (
    select *
    from {{ ref('dim_product') }}
    where specificity != 'none' and not is_allocation_only
),

named_stages as (
    select distinct
        spells.event_id,
        spells.mineral_id,
        products.stage
    from spells
    inner join products
        on
            spells.mineral_id = products.mineral_id
            and array_contains(split(spells.hs_codes, ';'), left(products.hs_code, 6))
),

-- a control on every stage at which a mineral has codes, except finished goods and scrap, covers all forms
every_stage as (
    select
        mineral_id,
        count(distinct stage) as stage_count
    from products
    where stage not in ('end_form', 'scrap')
    group by mineral_id
),

all_forms as (
    select
        named_stages.event_id,
        named_stages.mineral_id
    from named_stages
    inner join every_stage on named_stages.mineral_id = every_stage.mineral_id
    where named_stages.stage not in ('end_form', 'scrap')
    group by named_stages.event_id, named_stages.mineral_id
    having count(distinct named_stages.stage) = max(every_stage.stage_count)
),

event_stages as (
    select
        event_id,
        mineral_id,
        'all_forms' as stage
    from all_forms
    union all
    select named_stages.*
    from named_stages
    anti join all_forms
        on named_stages.event_id = all_forms.event_id and named_stages.mineral_id = all_forms.mineral_id
),

-- an event names minerals and also applies to their groups
named_minerals as (
    select
        event.event_id,
        event.imposer_iso3,
        event.effective,
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
        minerals.group_id as mineral_id
    from named_minerals
    inner join {{ ref('dim_mineral') }} as minerals on named_minerals.mineral_id = minerals.mineral_id
),

-- the curated event for the same measure: same imposing country, mineral and kind, starting in the same year
twins as (
    select
        event.imposer_iso3,
        event.mineral_id,
        year(event.effective) as since_year,
        measures.measure_type,
        coalesce(min(spells.event_id), min(event.event_id)) as event_id,
        count(spells.event_id) = 0 as has_no_spell
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
        coalesce(twins.has_no_spell, false) as is_suspended,
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
        spells.imposer_iso3,
        spells.mineral_id,
        coalesce(event_stages.stage, spells.usual_stage) as stage,
        spells.measure_type,
        spells.active_from as valid_from,
        max(spells.active_to) as valid_to,
        max(spells.known_through) as known_through,
        'day' as date_precision,
        'policy_events' as listed_by,
        null as phrase,
        min(spells.event_id) as policy_event_id,
        false as is_suspended,
        min(spells.source_url) as source_url,
        null as archive_id
    from spells
    left join event_stages
        on spells.event_id = event_stages.event_id and spells.mineral_id = event_stages.mineral_id
    group by
        spells.imposer_iso3,
        spells.mineral_id,
        coalesce(event_stages.stage, spells.usual_stage),
        spells.measure_type,
        spells.active_from
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
    -- to the extent known: a restriction that has ended or is suspended is not in force today
    not is_suspended
    and valid_from <= {{ today() }}
    and coalesce(valid_to >= {{ today() }}, true) as is_in_force,
    source_url,
    listed_by as source_id,
    archive_id
from restrictions
