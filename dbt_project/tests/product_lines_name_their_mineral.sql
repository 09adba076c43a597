-- Rows of the bridge that count a line as a mineral which neither the line's words nor those above it name. The
-- newest release that has the line speaks. A basket may be named by none of its parts: `baskets` are headings of
-- goods not elsewhere specified, which say nothing of what is in them.
{{ config(severity='warn') }}
with lines as (
    select
        hts_code,
        lower(description) as words
    from {{ ref('stg_usitc_hts__line') }}
    where hts_code < '98' and description is not null
    qualify row_number() over (partition by hts_code order by hts_release desc) = 1
),

named as (
    select
        product.mineral_id,
        product.hs_code,
        product.description,
        product.weight_mid,
        {{ joined_distinct('lines.words', ' / ') }} as words,
        bool_or(regexp_matches(lines.words, mineral.words)) as is_named
    from {{ ref('mineral_hs') }} as product
    inner join {{ ref('mineral_words') }} as mineral on product.mineral_id = mineral.mineral_id
    inner join lines on {{ begins_with('lines.hts_code', 'product.hs_code') }}
    where product.weight_mid > 0 and not product.allocation_only
    group by product.mineral_id, product.hs_code, product.description, product.weight_mid
)

select *
from named
where not is_named
