-- Stages of a mineral that an export control covers, from the codes of its goods; all_forms if it covers each
-- stage at which the mineral has codes, except finished goods and scrap. A control also applies to the group
-- of a mineral that it names.
with named_minerals as (
    select
        event.event_id,
        event.hs_codes,
        named.mineral_id
    from {{ ref('fct_policy_event') }} as event
    cross join lateral unnest(split(event.minerals, ';')) as named (mineral_id)
    where event.kind = 'export_control'
),

controls as (
    select
        named_minerals.event_id,
        named_minerals.hs_codes,
        minerals.mineral_id
    from named_minerals
    inner join {{ ref('dim_mineral') }} as minerals on named_minerals.mineral_id = minerals.mineral_id
    union
    select
        named_minerals.event_id,
        named_minerals.hs_codes,
        minerals.group_id
    from named_minerals
    inner join {{ ref('dim_mineral') }} as minerals on named_minerals.mineral_id = minerals.mineral_id
),

-- an event names its minerals, so a code that other minerals share counts too: samarium is controlled as
-- metal and compound, although only its magnets have a code of their own
products as (
    select *
    from {{ ref('dim_product') }}
    where specificity != 'none'
),

named_stages as (
    select distinct
        controls.event_id,
        controls.mineral_id,
        products.stage
    from controls
    inner join products
        on
            controls.mineral_id = products.mineral_id
            and array_contains(split(controls.hs_codes, ';'), left(products.hs_code, 6))
),

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

-- goods under the control that are no code of its minerals, by chapter: 25 and 26 are ores, and 28, 29 and 38
-- chemicals, such as the compounds of indium
codes_of_events as (
    select distinct
        controls.event_id,
        listed_code.hs_code
    from controls
    cross join lateral unnest(split(controls.hs_codes, ';')) as listed_code (hs_code)
),

codes_of_minerals as (
    select distinct
        controls.event_id,
        left(products.hs_code, 6) as hs_code
    from controls
    inner join products on controls.mineral_id = products.mineral_id
),

other_goods as (
    select
        codes_of_events.event_id,
        case
            when bool_and(left(codes_of_events.hs_code, 2) in ('25', '26')) then 'ore_concentrate'
            when bool_and(left(codes_of_events.hs_code, 2) in ('28', '29', '38')) then 'compound'
            else 'all_forms'
        end as stage
    from codes_of_events
    anti join codes_of_minerals
        on
            codes_of_events.event_id = codes_of_minerals.event_id
            and codes_of_events.hs_code = codes_of_minerals.hs_code
    group by codes_of_events.event_id
)

select distinct
    controls.event_id,
    controls.mineral_id,
    case
        when all_forms.event_id is not null then 'all_forms'
        else coalesce(named_stages.stage, other_goods.stage, 'all_forms')
    end as stage
from controls
left join named_stages
    on controls.event_id = named_stages.event_id and controls.mineral_id = named_stages.mineral_id
left join all_forms on controls.event_id = all_forms.event_id and controls.mineral_id = all_forms.mineral_id
left join other_goods on controls.event_id = other_goods.event_id
