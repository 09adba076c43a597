-- Research records by mineral: a record counts once for each mineral that its title names.
with words as (
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
)

select
    records.osti_id,
    words.mineral_id,
    any_value(records.title) as title,
    any_value(records.product_type) as product_type,
    any_value(records.published_on) as published_on,
    any_value(records.research_org) as research_org,
    any_value(records.sponsor_org) as sponsor_org,
    any_value(records.doi) as doi,
    {{ joined_distinct('records.search_term', '; ') }} as search_terms,
    max(records.vintage) as vintage,
    'osti_rd' as source_id,
    min(records._archive_id) as archive_id
from {{ ref('stg_osti_rd__record') }} as records
inner join words on {{ has_words('records.title', 'words.words') }}
group by records.osti_id, words.mineral_id
