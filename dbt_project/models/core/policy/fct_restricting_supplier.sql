-- Export restrictions of a supplier for each mineral and stage at which it is imported. A control on all
-- forms applies to every stage. A control on a single form applies to that stage, and to part of what is
-- counted in all forms together.
with stages (stage) as (
    values
    ('ore_concentrate'),
    ('intermediate'),
    ('refined_metal'),
    ('compound'),
    ('alloy_semi'),
    ('end_form'),
    ('scrap'),
    ('all_forms')
),

in_force as (
    select *
    from {{ ref('fct_export_restriction') }}
    where is_in_force
),

measures as (
    select
        in_force.imposer_iso3,
        in_force.mineral_id,
        stages.stage,
        in_force.measure_type,
        in_force.severity,
        in_force.valid_from,
        in_force.known_through,
        in_force.listed_by,
        in_force.stage in ('all_forms', stages.stage) as is_whole
    from in_force
    inner join stages on in_force.stage in ('all_forms', stages.stage) or stages.stage = 'all_forms'
)

select
    imposer_iso3,
    mineral_id,
    stage,
    bool_or(is_whole) as is_whole,
    min(valid_from) filter (where is_whole) as restricted_since,
    max(severity) as severity,
    case max(severity) when 4 then 'ban' when 3 then 'temporary_ban' when 2 then 'quota' else 'licence' end
        as worst_measure,
    max(known_through) as known_through,
    {{ joined_distinct('measure_type', ';') }} as measures,
    {{ joined_distinct('listed_by', ';') }} as source_ids
from measures
group by imposer_iso3, mineral_id, stage
