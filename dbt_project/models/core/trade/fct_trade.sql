-- Trade lines of all sources in one grain, for the codes of the bridge. Groups of countries that would count
-- twice are left out (core.dim_country_code).
-- depends_on: {{ ref('stg_trade__input') }}
{{ config(
    pre_hook=["{{ begin_batches(ref('stg_trade__input')) }}", "{{ drop_outdated() }}"],
    post_hook="{{ insert_further_batches() }}"
) }}

with in_scope as (
    select
        hs_code,
        nomenclature,
        -- mineral content is a property of the line only if the line carries a single mineral
        case
            when count(*) filter (where not is_group) = 1 and min(weight_low) filter (where not is_group) = 1
                then max(content_factor) filter (where not is_group)
        end as content_factor
    from {{ ref('bridge_trade_product') }}
    group by hs_code, nomenclature
),

-- Comtrade is queried for a heading and for its subheadings, and states the same goods under both
headings_in_lines as (
    select distinct
        lines.source_id,
        lines.reporter_code,
        lines.partner_code,
        lines.flow,
        lines.period,
        lines.period_type,
        left(lines.hs_code, 4) as heading
    from {{ ref('stg_trade__line') }} as lines
    where
        lines.source_id = 'comtrade'
        and length(lines.hs_code) = 6
        and left(lines.hs_code, 4) in (select headings.hs_code from in_scope as headings)
        and {{ is_outdated('lines') }}
        and {{ is_in_batch('lines', ref('stg_trade__input')) }}
),

-- BACI repeats the same goods in several editions of the HS: the newest edition that has the code and year is
-- used
baci_editions as (
    select
        lines.hs_code,
        lines.period,
        max_by(
            lines.nomenclature,
            right(lines.nomenclature, 2)::integer
            + case when right(lines.nomenclature, 2)::integer >= 88 then 1900 else 2000 end
        ) as nomenclature
    from {{ ref('stg_trade__line') }} as lines
    where
        lines.source_id = 'cepii_baci'
        and {{ is_outdated('lines') }}
        and {{ is_in_batch('lines', ref('stg_trade__input')) }}
    group by lines.hs_code, lines.period
)

-- two codes of a source can mean one country, as with unspecified partners: their sum is the line. An unknown
-- code also counts as an unspecified country, and a test reports it.
select
    lines.source_id,
    coalesce(reporters.iso3, 'ZZZ') as reporter_iso3,
    coalesce(partners.iso3, 'ZZZ') as partner_iso3,
    lines.flow,
    lines.hs_code,
    lines.nomenclature,
    lines.period,
    lines.period_type,
    coalesce(lines.rate_provision, 'all') as rate_provision,
    coalesce(lines.district, 'all') as district,
    case
        when count(lines.value_usd) = count(*)
            then round(sum({{ as_decimal('lines.value_usd', 18, 3) }}))::bigint
    end as value_usd,
    case
        when count(coalesce(lines.value_native, lines.value_usd)) = count(*)
            then sum({{ as_decimal('coalesce(lines.value_native, lines.value_usd)', 18, 3) }})::double
    end as value_native,
    coalesce(max(lines.currency), 'USD') as currency,
    max(lines.value_basis) as value_basis,
    round({{ whole_sum(
        "coalesce(lines.fob_value_usd, case when lines.value_basis != 'cif' then lines.value_usd end)"
    ) }})::bigint as customs_value_usd,
    sum(lines.general_value_usd)::bigint as general_value_usd,
    sum(lines.dutiable_usd)::bigint as dutiable_usd,
    sum(lines.calculated_duty_usd)::bigint as calculated_duty_usd,
    sum(lines.charges_usd)::bigint as charges_usd,
    round(sum({{ as_decimal('lines.usmca_value_usd', 18, 3) }}))::bigint as usmca_value_usd,
    {{ whole_sum('lines.quantity') }} as quantity,
    max(lines.quantity_unit) as quantity_unit,
    {{ whole_sum('lines.quantity2') }} as quantity2,
    max(lines.quantity2_unit) as quantity2_unit,
    {{ whole_sum('lines.net_weight_kg') }} as net_weight_kg,
    bool_or(lines.is_net_weight_estimated) as is_net_weight_estimated,
    coalesce(
        {{ whole_sum('lines.content_kg') }},
        {{ whole_sum('lines.net_weight_kg') }} * max(in_scope.content_factor)
    ) as content_kg,
    case
        when {{ whole_sum('lines.content_kg') }} is not null then 'reported'
        when {{ whole_sum('lines.net_weight_kg') }} * max(in_scope.content_factor) is not null then 'factor'
        else 'none'
    end as content_method,
    bool_or(headings_in_lines.heading is not null) as is_sum_of_lines,
    coalesce(max(lines.quality_flag), 'ok') as quality_flag,
    max(lines.vintage) as vintage,
    min(lines.archive_id) as archive_id
from {{ ref('stg_trade__line') }} as lines
inner join in_scope on lines.hs_code = in_scope.hs_code and lines.nomenclature = in_scope.nomenclature
left join {{ ref('dim_country_code') }} as reporters
    on lines.source_id = reporters.source_id and lines.reporter_code = reporters.code
left join {{ ref('dim_country_code') }} as partners
    on lines.source_id = partners.source_id and lines.partner_code = partners.code
left join headings_in_lines
    on
        lines.source_id = headings_in_lines.source_id
        and lines.reporter_code = headings_in_lines.reporter_code
        and lines.partner_code = headings_in_lines.partner_code
        and lines.flow = headings_in_lines.flow
        and lines.period = headings_in_lines.period
        and lines.period_type = headings_in_lines.period_type
        and lines.hs_code = headings_in_lines.heading
left join baci_editions
    on
        lines.source_id = 'cepii_baci'
        and lines.hs_code = baci_editions.hs_code
        and lines.period = baci_editions.period
where
    reporters.kind is distinct from 'excluded'
    and lines.nomenclature = coalesce(baci_editions.nomenclature, lines.nomenclature)
    and partners.kind is distinct from 'excluded'
    and {{ is_outdated('lines') }}
    and {{ is_in_batch('lines', ref('stg_trade__input')) }}
group by all
-- a filter on a source or a period reads few row groups
order by lines.source_id, lines.period, lines.hs_code
