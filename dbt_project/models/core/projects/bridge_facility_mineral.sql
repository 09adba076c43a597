-- Minerals of each facility: a phrase means what seeds.commodity_phrases says, else the mineral of its name.
-- A phrase that means no mineral here stands in meta.quarantine.
with named as (
    select
        'nrcan_projects:' || lower(replace(stated.name, ' ', '_')) || ':'
        || lower(replace(stated.subdivision, ' ', '_')) as facility_id,
        stated.phrase,
        if(judged.phrase is not null, judged.mineral_id, minerals.mineral_id) as mineral_id,
        stated._archive_id
    from {{ ref('stg_nrcan_projects__commodity') }} as stated
    left join {{ ref('commodity_phrases') }} as judged on stated.phrase = judged.phrase
    left join {{ ref('dim_mineral') }} as minerals on stated.phrase = lower(minerals.name)
)

select
    facility_id,
    mineral_id,
    {{ joined_distinct('phrase', '; ') }} as phrases,
    min(_archive_id) as archive_id
from named
where mineral_id is not null
group by facility_id, mineral_id
