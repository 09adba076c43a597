-- One row an edition, commodity, statistic and year: a figure of US supply as printed, misprints put right.
with source as (
    select * from {{ current_rows('usgs_mcs__salient') }}
),

judged as (
    select
        source.*,
        corrections.qualifier as corrected_qualifier,
        corrections.value as corrected_figure,
        corrections.value_low as corrected_low,
        corrections.value_high as corrected_high,
        corrections.printed_text is not null as is_corrected
    from source
    left join {{ ref('usgs_corrections') }} as corrections
        on
            source.edition = corrections.edition
            and source.commodity = corrections.commodity
            and source.statistic = corrections.statistic
            and source.year = corrections.year
            -- a publisher's own repair of the file ends the correction
            and source.value_text = corrections.printed_text
)

select
    edition,
    commodity,
    kind,
    statistic,
    unit,
    year,
    value_text,
    case when is_corrected then corrected_figure else value end as value,  -- noqa: RF04
    case when is_corrected then corrected_qualifier else qualifier end as qualifier,
    case when is_corrected then corrected_low else value_low end as value_low,
    case when is_corrected then corrected_high else value_high end as value_high,
    is_estimated,
    is_corrected,
    _archive_id,
    _vintage as vintage
from judged
