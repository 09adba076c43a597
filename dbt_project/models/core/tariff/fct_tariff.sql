-- The duty of each 8-digit line of a covered mineral in each release held, from the release's day until the
-- next release. A line without an 8-digit row uses its first statistical line: all of them have the same
-- duty.
with releases as (
    select
        hts_release,
        valid_from,
        lead(valid_from) over (order by valid_from) - 1 as certain_to
    from {{ ref('stg_usitc_hts__release') }}
),

lines as (
    select
        *,
        left(hts_code, 8) as hts8
    from {{ ref('stg_usitc_hts__line') }}
    where length(hts_code) >= 8 and hts_code < '98'
    qualify row_number() over (partition by hts_release, hts8 order by length(hts_code), hts_code) = 1
),

held as (
    select
        releases.hts_release,
        releases.valid_from,
        releases.certain_to,
        lead(releases.valid_from) over (order by releases.valid_from) - 1 as valid_to
    from releases
    semi join lines on releases.hts_release = lines.hts_release
),

numbers as (
    select distinct hts8 from lines
),

-- the minerals of the closest code above the line, and those of the lines below it
carried as (
    select
        numbers.hts8,
        product.mineral_id
    from numbers
    inner join {{ ref('dim_product') }} as product
        on
            {{ begins_with('numbers.hts8', 'product.hs_code') }}
            or {{ begins_with('product.hs_code', 'numbers.hts8') }}
    where not product.is_group and product.specificity is distinct from 'none'
    qualify
        length(product.hs_code) > 8
        or length(product.hs_code) = max(
            case when length(product.hs_code) <= 8 then length(product.hs_code) end
        ) over (partition by numbers.hts8)
),

covered as (
    select
        hts8,
        {{ joined_distinct('mineral_id', ';') }} as mineral_ids
    from carried
    group by hts8
)

select
    lines.hts8,
    held.valid_from,
    held.valid_to::date as valid_to,
    held.certain_to::date as certain_to,
    held.hts_release,
    covered.mineral_ids,
    lines.description as line_text,
    lines.general_text as mfn_rate_text,
    lines.general_ad_valorem_pct as mfn_ad_valorem_pct,
    lines.general_specific_usd_per_kg as mfn_specific_usd_per_kg,
    lines.general_parse_status as mfn_parse_status,
    lines.special_text as special_rate_text,
    lines.special_programs,
    (
        lines.general_parse_status = 'free'
        or coalesce(array_contains(split(lines.special_programs, ';'), 'S'), false)
        or coalesce(array_contains(split(lines.special_programs, ';'), 'S+'), false)
    ) as usmca_eligible,
    lines.other_text as column2_rate_text,
    lines.other_ad_valorem_pct as column2_ad_valorem_pct,
    lines.other_specific_usd_per_kg as column2_specific_usd_per_kg,
    lines.other_parse_status as column2_parse_status,
    lines.chapter99_codes as footnote_chapter99_codes,
    'usitc_hts' as source_id,
    lines.vintage,
    lines._archive_id as archive_id
from lines
inner join held on lines.hts_release = held.hts_release
inner join covered on lines.hts8 = covered.hts8
