-- Days on which an export control on a mineral is known to be in force: from its first to its last day,
-- without the days of a suspension, and no later than the evidence covers. A group of minerals, such as the
-- rare earths, is under control while any of its members is.
with controls as (
    select
        event_id,
        imposer_iso3,
        named.named_mineral,
        effective,
        expires,
        suspended_from,
        suspended_to,
        known_through
    from {{ ref('fct_policy_event') }} as event
    cross join lateral unnest(split(event.minerals, ';')) as named (named_mineral)
    where kind = 'export_control' and effective is not null
),

bearing as (
    select
        controls.*,
        mineral.mineral_id
    from controls
    inner join {{ ref('dim_mineral') }} as mineral on controls.named_mineral = mineral.mineral_id
    union
    select
        controls.*,
        mineral.group_id
    from controls
    inner join {{ ref('dim_mineral') }} as mineral on controls.named_mineral = mineral.mineral_id
    inner join {{ ref('dim_mineral') }} as mineral_group on mineral.group_id = mineral_group.mineral_id
),

spells as (
    select
        *,
        effective as active_from,
        -- the last day stated in the act applies; without one, the control is known up to known_through
        coalesce(least(suspended_from - 1, expires), known_through) as active_to
    from bearing
    union all
    select
        *,
        suspended_to + 1 as active_from,
        coalesce(expires, known_through) as active_to
    from bearing
    -- a control counts as resumed after its suspension only if that is known
    where known_through > suspended_to
)

select distinct
    event_id,
    mineral_id,
    imposer_iso3,
    active_from::date as active_from,
    active_to::date as active_to,
    known_through,
    -- the act's terms apply until their last day; after that, only evidence counts
    case
        when expires is null then greatest(known_through, coalesce(suspended_to, known_through)) + 1
    end::date as unknown_from
from spells
where active_to is null or active_to >= active_from
