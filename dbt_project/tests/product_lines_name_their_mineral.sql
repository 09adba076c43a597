-- Tariff lines that are counted as a mineral that the schedule does not name. The text of the line decides if
-- it names any mineral; otherwise the lines above it count as well. `containing ...` is a condition on the
-- goods, not their name. Parts of a line that was split later are compared with today's lines. An allocation
-- needs no name.
{{ config(severity='warn') }}
with lines as (
    select
        schedule.hts_code,
        lower(schedule.description) as all_words,
        trim(regexp_extract(lower(schedule.description), '[^>]*$', 0)) as own_words
    from {{ ref('stg_usitc_hts__line') }} as schedule
    left join {{ ref('stg_usitc_hts__release') }} as releases on schedule.hts_release = releases.hts_release
    where
        schedule.hts_code < '98'
        and schedule.description is not null
        and schedule.hts_code in (select product.hs_code from {{ ref('bridge_trade_product') }} as product)
    qualify row_number() over (
        partition by schedule.hts_code order by releases.valid_from desc nulls last, schedule.hts_release desc
    ) = 1
),

stated as (
    select
        lines.hts_code,
        lines.all_words,
        mineral.mineral_id,
        mineral.words,
        lines.own_words not like 'containing%'
        and regexp_extract(lines.own_words, mineral.words, 0) != '' as is_own
    from lines
    cross join {{ ref('mineral_words') }} as mineral
    where length(lines.hts_code) = 10
),

decided as (
    select
        *,
        bool_or(is_own) over (partition by hts_code) as names_one
    from stated
)

select
    product.hs_code,
    product.mineral_id,
    product.bridge_code,
    product.weight_mid,
    decided.all_words
from {{ ref('bridge_trade_product') }} as product
inner join decided on product.hs_code = decided.hts_code and product.mineral_id = decided.mineral_id
where
    product.nomenclature = 'HTS'
    and product.weight_mid > 0
    and not product.is_allocation_only
    and product.valid_to is null
    and not case
        when decided.names_one then decided.is_own
        else regexp_extract(decided.all_words, decided.words, 0) != ''
    end
