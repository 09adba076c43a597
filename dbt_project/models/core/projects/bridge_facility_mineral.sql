-- Minerals of each facility. A phrase in its list has the meaning given in seeds.commodity_phrases, otherwise
-- the mineral of that name. If the list states no commodities, the minerals come from its title or from
-- seeds.project_words. A phrase without a mineral is listed in meta.quarantine.
with stated as (
    {%- for source in facility_sources() if source.phrases_in %}
        select
            facility_id,
            phrase,
            commodity_rank,
            archive_id
        from {{ ref('stg_' ~ source.source_id ~ '__facility_phrase') }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

titled as (
    select
        facility_id,
        name,
        archive_id
    from {{ ref('dim_facility') }}
    where
        source_id in (
            {%- for source in facility_sources() if source.titles_in -%}
                '{{ source.source_id }}'{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
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
        judged.form_stage,
        stated.commodity_rank,
        stated.archive_id
    from stated
    left join {{ ref('commodity_phrases') }} as judged on stated.phrase = judged.phrase
    left join {{ ref('dim_mineral') }} as minerals on stated.phrase = lower(minerals.name)
    union all
    select
        titled.facility_id,
        words.words as phrase,
        words.mineral_id,
        null::string as form_stage,
        'title' as commodity_rank,
        titled.archive_id
    from titled
    inner join words on {{ has_words('titled.name', 'words.words') }}
)

select
    named.facility_id,
    named.mineral_id,
    {{ joined_distinct('named.phrase', '; ') }} as phrases,
    -- a phrase without a form may mean any
    case
        when count(*) = count(nullif(named.form_stage, ''))
            then {{ joined_distinct('named.form_stage', ';') }}
    end as form_stages,
    case min(case named.commodity_rank when 'secondary' then 2 when 'other' then 3 else 1 end)
        when 1 then min(if(named.commodity_rank in ('secondary', 'other'), null, named.commodity_rank))
        when 2 then 'secondary'
        else 'other'
    end as commodity_rank,
    min(named.archive_id) as archive_id
from named
inner join {{ ref('dim_facility') }} as facilities on named.facility_id = facilities.facility_id
where named.mineral_id is not null
group by named.facility_id, named.mineral_id
