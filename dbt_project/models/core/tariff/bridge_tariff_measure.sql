-- The 8-digit lines that a measure applies to and when, and the lines that an exemption removes. A list that
-- names only some statistical lines of an 8-digit line applies to it, or exempts it, in part. Section 301:
-- footnotes of the schedule itself take precedence over the lists, which are used only for a release without
-- such a footnote.
with releases as (
    select
        hts8,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to,
        footnote_chapter99_codes,
        coalesce(
            contains(footnote_chapter99_codes, '990388')
            or contains(footnote_chapter99_codes, '990391'),
            false
        ) as cites_301
    from {{ ref('fct_tariff') }}
),

lines as (
    select distinct
        hts8,
        footnote_chapter99_codes
    from releases
),

-- as in the newest release; its name does not show which one that is (rev_9, rev_17)
statistical as (
    select
        left(held.hts_code, 8) as hts8,
        count(*) as line_count
    from {{ ref('stg_usitc_hts__line') }} as held
    inner join {{ ref('stg_usitc_hts__release') }} as known on held.hts_release = known.hts_release
    where length(held.hts_code) = 10
    group by known.valid_from, left(held.hts_code, 8)
    qualify row_number() over (partition by hts8 order by known.valid_from desc) = 1
),

listed as (
    select
        product.programme,
        product.product_list,
        product.chapter99_code,
        lines.hts8,
        coalesce(product.valid_from, date '1900-01-01') as valid_from,
        coalesce(product.valid_to, date '9999-12-31') as valid_to,
        (
            bool_or(length(product.hts_prefix) <= 8)
            or count(distinct product.hts_prefix) >= coalesce(max(statistical.line_count), 1)
        ) as is_whole
    from lines
    inner join {{ ref('stg_usitc_hts__chapter99_product') }} as product
        on
            {{ begins_with('lines.hts8', 'product.hts_prefix') }}
            or {{ begins_with('product.hts_prefix', 'lines.hts8') }}
    left join statistical on lines.hts8 = statistical.hts8
    group by all
),

measures as (
    select distinct
        measure_id,
        programme,
        product_list,
        chapter99_code,
        hts_prefix,
        valid_from,
        valid_to
    from {{ ref('dim_tariff_measure') }}
),

by_list as (
    select
        measures.measure_id,
        measures.programme,
        measures.chapter99_code,
        listed.hts8,
        listed.is_whole,
        greatest(measures.valid_from, listed.valid_from) as valid_from,
        least(measures.valid_to, listed.valid_to) as valid_to
    from measures
    inner join listed
        on
            measures.programme = listed.programme
            and (
                measures.product_list = listed.product_list
                or (
                    measures.product_list = 'chapter99_code'
                    and measures.chapter99_code = listed.chapter99_code
                )
            )
),

by_list_where_silent as (
    select
        by_list.measure_id,
        by_list.programme,
        by_list.chapter99_code,
        by_list.hts8,
        by_list.is_whole,
        greatest(by_list.valid_from, releases.valid_from) as valid_from,
        least(by_list.valid_to, releases.valid_to) as valid_to
    from by_list
    inner join releases on by_list.hts8 = releases.hts8 and not releases.cites_301
    where by_list.programme = '301'
    union all
    select * from by_list
    where programme != '301'
),

by_footnote as (
    select
        measures.measure_id,
        measures.programme,
        measures.chapter99_code,
        releases.hts8,
        true as is_whole,
        greatest(measures.valid_from, releases.valid_from) as valid_from,
        least(measures.valid_to, releases.valid_to) as valid_to
    from measures
    inner join releases on contains(releases.footnote_chapter99_codes, measures.chapter99_code)
    where measures.programme = '301' and measures.product_list = 'chapter99_code'
),

by_number as (
    select
        measures.measure_id,
        measures.programme,
        measures.chapter99_code,
        lines.hts8,
        length(coalesce(measures.hts_prefix, '')) <= 8 as is_whole,
        measures.valid_from,
        measures.valid_to
    from measures
    inner join lines
        on
            (
                measures.product_list is null
                and (
                    {{ begins_with('lines.hts8', "coalesce(measures.hts_prefix, '')") }}
                    or {{ begins_with('measures.hts_prefix', 'lines.hts8') }}
                )
            )
            or (
                measures.product_list = 'footnote'
                and contains(lines.footnote_chapter99_codes, measures.chapter99_code)
            )
),

-- a measure that names a line by number replaces the list or footnote of its heading for that line
numbered as (
    select distinct
        by_number.programme,
        by_number.chapter99_code,
        by_number.hts8
    from by_number
    inner join measures on by_number.measure_id = measures.measure_id
    where measures.hts_prefix is not null
),

named as (
    select * from by_list_where_silent
    union all
    select * from by_footnote
),

by_name as (
    select named.*
    from named
    left join numbered
        on
            named.programme = numbered.programme
            and named.chapter99_code = numbered.chapter99_code
            and named.hts8 = numbered.hts8
    where numbered.hts8 is null
),

reached as (
    select * from by_name
    union all
    select * from by_number
)

select
    'applies' as effect,
    measure_id as subject,
    hts8,
    bool_or(is_whole) as is_whole,
    min(valid_from) as valid_from,
    max(valid_to) as valid_to
from reached
where valid_from <= valid_to
group by measure_id, hts8
union all
select
    'exempts' as effect,
    programme as subject,
    hts8,
    is_whole,
    valid_from,
    valid_to
from listed
where programme like '%!_exempt' escape '!'
