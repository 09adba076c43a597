-- A control counts as one on all forms of a mineral only if the goods that decide its dependency are under
-- it: China licenses compounds of indium and powders of molybdenum, not indium metal or molybdenum ore.
with goods as (
    select
        restriction.imposer_iso3,
        restriction.mineral_id,
        restriction.listed_by,
        restriction.policy_event_id,
        listed_code.hs_code
    from {{ ref('fct_export_restriction') }} as restriction
    inner join {{ ref('fct_policy_event') }} as event on restriction.policy_event_id = event.event_id
    cross join lateral unnest(split(event.hs_codes, ';')) as listed_code (hs_code)
    where restriction.stage = 'all_forms'
)

select
    goods.imposer_iso3,
    goods.mineral_id,
    goods.listed_by,
    goods.policy_event_id
from goods
inner join {{ ref('policy_stage_codes') }} as codes on goods.mineral_id = codes.mineral_id
group by goods.imposer_iso3, goods.mineral_id, goods.listed_by, goods.policy_event_id
having not bool_or(left(goods.hs_code, length(codes.hs_code::string)) = codes.hs_code::string)
