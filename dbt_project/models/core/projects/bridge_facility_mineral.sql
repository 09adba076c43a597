-- Minerals of each facility. A phrase in its list has the meaning given in seeds.commodity_phrases, otherwise
-- the mineral of that name. If the list states no commodities, the minerals come from its title or from
-- seeds.project_words. A phrase without a mineral is listed in meta.quarantine.
with stated as (
    select
        'nrcan_projects:' || lower(replace(name, ' ', '_')) || ':' || lower(replace(subdivision, ' ', '_'))
            as facility_id,
        phrase,
        'stated' as commodity_rank,
        _archive_id
    from {{ ref('stg_nrcan_projects__commodity') }}
    union all
    select
        'icmm_sites:' || site_id as facility_id,
        phrase,
        commodity_rank,
        _archive_id
    from {{ ref('stg_icmm_sites__commodity') }}
),

words as (
    select
        lower(name) as words,
        mineral_id
    from {{ ref('dim_mineral') }}
    union
    select
        phrase as words,
        mineral_id
    from {{ ref('commodity_phrases') }}
    where mineral_id is not null
    union
    select
        words,
        mineral_id
    from {{ ref('project_words') }}
),

named as (
    select
        stated.facility_id,
        stated.phrase,
        if(judged.phrase is not null, judged.mineral_id, minerals.mineral_id) as mineral_id,
        stated.commodity_rank,
        stated._archive_id
    from stated
    left join {{ ref('commodity_phrases') }} as judged on stated.phrase = judged.phrase
    left join {{ ref('dim_mineral') }} as minerals on stated.phrase = lower(minerals.name)
    union all
    select
        'fast41:' || projects.project_id as facility_id,
        words.words as phrase,
        words.mineral_id,
        'title' as commodity_rank,
        projects._archive_id
    from {{ ref('stg_fast41__project') }} as projects
    inner join words on {{ has_words('projects.name', 'words.words') }}
)

select
    named.facility_id,
    named.mineral_id,
    {{ joined_distinct('named.phrase', '; ') }} as phrases,
    case min(case named.commodity_rank when 'secondary' then 2 when 'other' then 3 else 1 end)
        when 1 then min(if(named.commodity_rank in ('secondary', 'other'), null, named.commodity_rank))
        when 2 then 'secondary'
        else 'other'
    end as commodity_rank,
    min(named._archive_id) as archive_id
from named
inner join {{ ref('dim_facility') }} as facilities on named.facility_id = facilities.facility_id
where named.mineral_id is not null
group by named.facility_id, named.mineral_id
