{{ config(severity='warn') }}
-- The rate of a measure must equal that of its chapter 99 heading in a release in force at the time. The test
-- excludes headings whose rate no held release states in a readable form, and measures of a single day
-- between two releases.
with measures as (
    select distinct
        measure_id,
        chapter99_code,
        rule,
        rate_pct,
        valid_from,
        valid_to
    from {{ ref('dim_tariff_measure') }}
    where rate_pct > 0 and valid_to > valid_from
),

releases as (
    select
        hts_release,
        min(valid_from) as valid_from,
        coalesce(max(valid_to), date '9999-12-31') as valid_to
    from {{ ref('fct_tariff') }}
    group by hts_release
),

headings as (
    select
        hts_release,
        hts_code,
        case
            when general_text is null then other_ad_valorem_pct
            when general_parse_status = 'ad_valorem' then general_ad_valorem_pct
            else try_cast(
                regexp_extract(general_text, '(?:[+]|plus) ?(?:a duty of )?([0-9.]*[0-9])%', 1) as double
            )
        end as stated_pct
    from {{ ref('stg_usitc_hts__line') }}
    where hts_code >= '99' and length(hts_code) = 8
)

select
    measures.measure_id,
    measures.rate_pct,
    array_agg(distinct headings.stated_pct) as stated_pct
from measures
inner join releases
    on measures.valid_from <= releases.valid_to and measures.valid_to >= releases.valid_from
inner join headings
    on releases.hts_release = headings.hts_release and measures.chapter99_code = headings.hts_code
where headings.stated_pct is not null
group by measures.measure_id, measures.rate_pct
having not bool_or(headings.stated_pct = measures.rate_pct)
