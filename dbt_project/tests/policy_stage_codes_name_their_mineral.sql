-- Codes of a policy stage for which no line of the US schedule names the mineral. They belong to another
-- mineral. Mattes are named after the metal for which they are smelted, not after by-products. The schedule
-- may be reworded at any time, so the test only warns.
{{ config(severity='warn') }}
with lines as (
    select
        schedule.hts_code,
        lower(schedule.description) as words
    from {{ ref('stg_usitc_hts__line') }} as schedule
    left join {{ ref('stg_usitc_hts__release') }} as releases on schedule.hts_release = releases.hts_release
    where schedule.hts_code < '98' and schedule.description is not null
    qualify row_number() over (
        partition by schedule.hts_code order by releases.valid_from desc nulls last, schedule.hts_release desc
    ) = 1
),

named as (
    select distinct
        codes.mineral_id,
        codes.hs_code
    from {{ ref('policy_stage_codes') }} as codes
    inner join {{ ref('mineral_words') }} as mineral on codes.mineral_id = mineral.mineral_id
    -- join by heading first, which every code has, then search the words of each line
    inner join lines
        on
            left(lines.hts_code, 4) = left(codes.hs_code, 4)
            and left(lines.hts_code, length(codes.hs_code)) = codes.hs_code
    where regexp_extract(lines.words, mineral.words, 0) != ''
)

select
    codes.mineral_id,
    codes.stage,
    codes.hs_code,
    codes.reason
from {{ ref('policy_stage_codes') }} as codes
left join named on codes.mineral_id = named.mineral_id and codes.hs_code = named.hs_code
where named.hs_code is null and codes.stage not like '%_feed'
