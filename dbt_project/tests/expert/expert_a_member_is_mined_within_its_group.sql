{{ config(severity='warn') }}
-- World output of a member of a group is at most that of the group.
select
    member.mineral_id,
    member.stage,
    member.year,
    member.edition,
    member.production_low_t,
    whole.production_high_t
from {{ ref('world_production') }} as member
inner join {{ ref('dim_mineral') }} as mineral on member.mineral_id = mineral.mineral_id
inner join {{ ref('world_production') }} as whole
    on
        mineral.group_id = whole.mineral_id
        and member.stage = whole.stage
        and member.year = whole.year
        and member.edition = whole.edition
        and member.source_id = whole.source_id
        and member.country_iso3 = whole.country_iso3
where
    mineral.group_id != mineral.mineral_id
    and member.production_low_t > whole.production_high_t * 1.02
