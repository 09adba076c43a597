-- Names by which a mineral can be found: its id, English name, symbol and names in three languages.
with symbols as (
    -- C is the symbol of three minerals, so it identifies none
    select
        element,
        min(mineral_id) as mineral_id
    from {{ ref('minerals') }}
    where element is not null
    group by element
    having count(*) = 1
),

every_name as (
    select
        mineral_id,
        'id' as lang,
        mineral_id as mineral_name,
        false as is_label
    from {{ ref('minerals') }}
    union all
    select
        mineral_id,
        'en' as lang,
        name as mineral_name,
        true as is_label
    from {{ ref('minerals') }}
    union all
    select
        mineral_id,
        'symbol' as lang,
        element as mineral_name,
        false as is_label
    from symbols
    union all
    select
        mineral_id,
        lang,
        mineral_name,
        is_label
    from {{ ref('mineral_names') }}
)

select
    mineral_id,
    lang,
    mineral_name,
    is_label
from every_name
order by mineral_id, lang, mineral_name
