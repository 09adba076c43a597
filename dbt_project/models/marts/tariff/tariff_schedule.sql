-- The duty on a line by origin and day: the line's own rate and the additions of chapter 99 programmes.
-- Consecutive periods without a difference are one row. After the last day that the tables cover, no total is
-- stated: the row has the last known total, without additions that have ended since by their own last day,
-- and the total under the known acts.
{% set programmes = ['301', '232', '122', 'ieepa'] -%}
{# a release that changes nothing does not begin a row, so its name is not compared -#}
{% set compared_columns = [
    'mineral_ids', 'mfn_rate_text', 'mfn_ad_valorem_pct', 'special_rate_text', 'usmca_eligible',
    'column2_rate_text', 'chapter99_codes', 'is_column2_origin', 'preference_program',
    'base_ad_valorem_pct', 'base_specific_usd_per_kg', 'parse_status', 'additional_range_pct',
    'usmca_waived_pct', 'rules_held_total_pct', 'rules_held_preferential_total_pct', 'rate_status',
    'quality_flag',
] -%}
with additions as (
    select
        hts8,
        origin_iso3,
        valid_from,
        {% for programme in programmes -%}
            {{ exact_sum("case when programme = '" ~ programme ~ "' then addition_pct end") }}
                as additional_{{ programme }}_pct,
        {% endfor -%}
        {{ exact_sum('case when not replaces_column2 then addition_pct end') }} as additional_pct,
        {{ exact_sum('case when not replaces_column2 then addition_pct - addition_low_pct end') }}
            as range_pct,
        {{ exact_sum('case when usmca_waives then addition_pct end') }} as usmca_waived_pct,
        max(addition_pct) filter (where replaces_column2) as replacement_pct,
        bool_or(is_floor) as has_floor,
        bool_or(addition_pct is null) as has_open_floor,
        bool_and(is_known) as is_known,
        bool_or(track = 'copper' and addition_pct > 0) as is_on_content,
        {{ joined_distinct('chapter99_code', ';', where='addition_pct > 0') }}
            as chapter99_codes
    from {{ ref('fct_tariff_addition') }}
    group by hts8, origin_iso3, valid_from
),

lines as (
    select
        period.hts8,
        period.origin_iso3,
        period.valid_from,
        tariff.hts_release,
        tariff.mineral_ids,
        tariff.mfn_rate_text,
        tariff.mfn_ad_valorem_pct,
        tariff.special_rate_text,
        tariff.usmca_eligible,
        tariff.column2_rate_text,
        additions.chapter99_codes,
        coalesce(treatments.is_column2, false) as is_column2_origin,
        {{ least_common("split(tariff.special_programs, ';')", 'treatments.programs') }}
            as preference_program,
        case
            when treatments.is_column2 then coalesce(additions.replacement_pct, tariff.column2_ad_valorem_pct)
            else tariff.mfn_ad_valorem_pct
        end as base_ad_valorem_pct,
        case
            when treatments.is_column2 and additions.replacement_pct is not null then 0
            when treatments.is_column2 then tariff.column2_specific_usd_per_kg
            else tariff.mfn_specific_usd_per_kg
        end as base_specific_usd_per_kg,
        case
            when treatments.is_column2 and additions.replacement_pct is not null then 'ad_valorem'
            when treatments.is_column2 then tariff.column2_parse_status
            else tariff.mfn_parse_status
        end as parse_status,
        {% for programme in programmes -%}
            coalesce(additions.additional_{{ programme }}_pct, 0) as additional_{{ programme }}_pct,
        {% endfor -%}
        case when not coalesce(additions.has_open_floor, false) then coalesce(additions.additional_pct, 0) end
            as additional_pct,
        coalesce(additions.range_pct, 0) as additional_range_pct,
        case when tariff.usmca_eligible then coalesce(additions.usmca_waived_pct, 0) else 0 end
            as usmca_waived_pct,
        coalesce(additions.is_on_content, false) as is_on_content,
        coalesce(additions.has_floor, false) as has_floor,
        case
            when period.valid_from <= horizon.known_through and coalesce(additions.is_known, true)
                then 'known'
            else 'not_known_after'
        end as rate_status,
        horizon.known_through
    from {{ ref('bridge_tariff_period') }} as period
    inner join {{ ref('fct_tariff') }} as tariff
        on
            period.hts8 = tariff.hts8
            and period.valid_from >= tariff.valid_from
            and period.valid_from <= coalesce(tariff.valid_to, date '9999-12-31')
    left join additions
        on
            period.hts8 = additions.hts8
            and period.origin_iso3 = additions.origin_iso3
            and period.valid_from = additions.valid_from
    cross join {{ ref('dim_tariff_horizon') }} as horizon
    left join {{ ref('dim_tariff_treatment') }} as treatments on period.origin_iso3 = treatments.iso3
),

duties as (
    select
        {{ all_but(['additional_pct', 'is_on_content', 'has_floor']) }},
        base_ad_valorem_pct + additional_pct as rules_held_total_pct,
        case
            when origin_iso3 in ('CAN', 'MEX') and usmca_eligible then additional_pct - usmca_waived_pct
            -- a floor makes up for a preference
            when preference_program is not null and not has_floor then additional_pct
            else base_ad_valorem_pct + additional_pct
        end as rules_held_preferential_total_pct,
        coalesce(
            nullif(
                concat_ws(
                    ';',
                    case when parse_status in ('text', 'blank') then 'rate_is_text' end,
                    case when base_specific_usd_per_kg > 0 then 'specific_rate_beside' end,
                    case when additional_range_pct > 0 then 'addition_is_upper_bound' end,
                    case when is_on_content then 'charged_on_metal_content' end,
                    case when rate_status = 'not_known_after' then 'not_known_after' end
                ),
                ''
            ),
            'ok'
        ) as quality_flag
    from lines
),

compared as (
    select
        *,
        (
            {%- for programme in programmes %}
                additional_{{ programme }}_pct,
            {%- endfor %}
            {{ compared_columns | join(', ') }}
        ) as duty
    from duties
),

changed as (
    select {{ all_but(['duty']) }}
    from compared
    qualify duty is distinct from lag(duty) over (partition by hts8, origin_iso3 order by valid_from)
),

last_known as (
    select
        hts8,
        origin_iso3,
        {% for programme in programmes -%}
            additional_{{ programme }}_pct,
        {% endfor -%}
        rules_held_total_pct as last_known_total_pct
    from changed
    where rate_status = 'known'
    qualify row_number() over (partition by hts8, origin_iso3 order by valid_from desc) = 1
)

select
    changed.hts8,
    changed.origin_iso3,
    changed.valid_from,
    (lead(changed.valid_from) over by_pair - 1)::date as valid_to,
    changed.hts_release,
    changed.known_through,
    changed.rate_status,
    changed.mineral_ids,
    changed.mfn_rate_text,
    changed.mfn_ad_valorem_pct,
    changed.special_rate_text,
    changed.usmca_eligible,
    changed.preference_program,
    changed.column2_rate_text,
    changed.is_column2_origin,
    changed.base_ad_valorem_pct,
    changed.base_specific_usd_per_kg,
    changed.chapter99_codes,
    {% for programme in programmes -%}
        changed.additional_{{ programme }}_pct,
    {% endfor -%}
    changed.additional_range_pct,
    changed.usmca_waived_pct,
    case when changed.rate_status = 'known' then changed.rules_held_total_pct end as total_ad_valorem_pct,
    case when changed.rate_status = 'known' then changed.rules_held_preferential_total_pct end
        as preferential_total_ad_valorem_pct,
    case
        when changed.rate_status != 'known'
            then
                last_known.last_known_total_pct
                {%- for programme in programmes %}
                    - greatest(
                        last_known.additional_{{ programme }}_pct - changed.additional_{{ programme }}_pct, 0
                    )
                {%- endfor %}
    end as last_known_total_pct,
    changed.rules_held_total_pct,
    changed.parse_status,
    changed.quality_flag,
    'usitc_hts' as source_ids
from changed
left join last_known on changed.hts8 = last_known.hts8 and changed.origin_iso3 = last_known.origin_iso3
window by_pair as (partition by changed.hts8, changed.origin_iso3 order by changed.valid_from)
