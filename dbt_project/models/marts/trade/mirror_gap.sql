-- One flow as stated by its importer and by its exporter. Only pairs are compared in which both reported the
-- code for the whole year. A flow that only one side states is then zero on the other, which is the widest
-- possible gap. If a reporter names a partner under no code in the year, its data on that partner were not
-- requested, and the flow is unknown, not zero.
{%- set same_weight_within = 0.1 %}
{%- set pairs_for_a_measure = 5 %}
{#- above this, freight, timing and rounding no longer explain the exporter's excess -#}
{%- set re_export_ratio = 1.25 %}

with in_another_unit as (
    select
        source_id,
        reporter_iso3,
        flow,
        period_type,
        period,
        bool_or(measure = 'value_usd') as is_value_odd
    from {{ ref('fct_trade_unit_jump') }}
    group by source_id, reporter_iso3, flow, period_type, period
),

lines as (
    select
        trade.source_id,
        trade.reporter_iso3,
        trade.partner_iso3,
        trade.flow,
        left(trade.hs_code, 6) as hs6,
        year(trade.period)::integer as year,
        trade.period,
        trade.period_type,
        trade.value_usd,
        trade.value_basis,
        case when odd.source_id is null then trade.net_weight_kg end as net_weight_kg,
        trade.archive_id
    from {{ ref('fct_trade') }} as trade
    left join in_another_unit as odd
        on
            trade.source_id = odd.source_id
            and trade.reporter_iso3 = odd.reporter_iso3
            and trade.flow = odd.flow
            and trade.period_type = odd.period_type
            and trade.period = odd.period
    where
        trade.flow in ('import', 'export')
        and length(trade.hs_code) >= 6
        and trade.partner_iso3 not in ('WLD', 'ZZZ')
        and trade.partner_iso3 != trade.reporter_iso3
        -- a month without an exchange rate counts as not held
        and trade.value_usd is not null
        and not coalesce(odd.is_value_odd, false)
        -- BACI has already reconciled both sides
        and trade.source_id not in ('cepii_baci', {{ partial_sources() }})
),

-- months that state a code, and months stated in full, in which a missing line means no trade
months as (
    select distinct
        source_id,
        reporter_iso3,
        flow,
        hs6,
        year,
        period
    from lines
    where period_type = 'month'
    union
    select distinct
        lines.source_id,
        lines.reporter_iso3,
        lines.flow,
        lines.hs6,
        lines.year,
        statements.period
    from lines
    inner join {{ ref('fct_trade_statement') }} as statements
        on
            lines.source_id = statements.source_id
            and lines.reporter_iso3 = statements.reporter_iso3
            and lines.flow = statements.flow
            and lines.period_type = statements.period_type
            and lines.year = year(statements.period)
    where lines.period_type = 'month' and statements.is_whole
),

-- a year is complete if each of its twelve months is stated
whole_years as (
    select
        source_id,
        reporter_iso3,
        flow,
        hs6,
        year,
        'month' as period_type
    from months
    group by source_id, reporter_iso3, flow, hs6, year
    having count(*) = 12
    union all
    select distinct
        source_id,
        reporter_iso3,
        flow,
        hs6,
        year,
        period_type
    from lines
    where period_type = 'year'
),

-- one statement per reporter, flow, code and year: both sides of a Comtrade flow answer the same
-- questionnaire, so Comtrade is used first
statements as (
    select
        lines.source_id,
        lines.reporter_iso3,
        lines.flow,
        lines.hs6,
        lines.year,
        lines.period_type
    from lines
    inner join whole_years
        on
            lines.source_id = whole_years.source_id
            and lines.reporter_iso3 = whole_years.reporter_iso3
            and lines.flow = whole_years.flow
            and lines.hs6 = whole_years.hs6
            and lines.year = whole_years.year
            and lines.period_type = whole_years.period_type
    group by lines.source_id, lines.reporter_iso3, lines.flow, lines.hs6, lines.year, lines.period_type
    qualify row_number() over (
        partition by lines.reporter_iso3, lines.flow, lines.hs6, lines.year
        order by
            lines.source_id != 'comtrade' asc,
            -- months of the Census Bureau's archives replace its annual figures
            lines.source_id = 'census_api' asc,
            lines.period_type = 'month' asc,
            lines.source_id asc
    ) = 1
),

sides as (
    select
        lines.reporter_iso3,
        lines.partner_iso3,
        lines.flow,
        lines.hs6,
        lines.year,
        {{ any_known('lines.source_id') }} as source_id,
        {{ exact_sum('lines.value_usd') }} as value_usd,
        {{ whole_sum('lines.net_weight_kg') }} / 1000 as weight_t,
        max(lines.value_basis) as value_basis,
        min(lines.archive_id) as archive_id
    from lines
    inner join statements
        on
            lines.source_id = statements.source_id
            and lines.reporter_iso3 = statements.reporter_iso3
            and lines.flow = statements.flow
            and lines.hs6 = statements.hs6
            and lines.year = statements.year
            and lines.period_type = statements.period_type
    group by lines.reporter_iso3, lines.partner_iso3, lines.flow, lines.hs6, lines.year
),

-- the three are queried for all partners; others may have been queried for these three only, and then say
-- nothing about other partners
stated_partners as (
    select distinct
        reporter_iso3,
        partner_iso3,
        flow,
        year
    from sides
),

imports as (
    select *
    from sides
    where flow = 'import'
),

exports as (
    select *
    from sides
    where flow = 'export'
),

pairs as (
    select
        coalesce(importer.reporter_iso3, exporter.partner_iso3) as reporter_iso3,
        coalesce(importer.partner_iso3, exporter.reporter_iso3) as partner_iso3,
        coalesce(importer.hs6, exporter.hs6) as hs6,
        coalesce(importer.year, exporter.year) as year,
        coalesce(importer.value_usd, 0) as importer_value_usd,
        importer.value_basis as importer_value_basis,
        coalesce(exporter.value_usd, 0) as exporter_value_usd,
        importer.weight_t as importer_weight_t,
        exporter.weight_t as exporter_weight_t,
        importer.source_id as importer_source_id,
        exporter.source_id as exporter_source_id,
        concat_ws(';', importer.archive_id, exporter.archive_id) as archive_ids
    from imports as importer
    full outer join exports as exporter
        on
            importer.reporter_iso3 = exporter.partner_iso3
            and importer.partner_iso3 = exporter.reporter_iso3
            and importer.hs6 = exporter.hs6
            and importer.year = exporter.year
),

reported as (
    select pairs.*
    from pairs
    inner join statements as importers
        on
            pairs.reporter_iso3 = importers.reporter_iso3
            and importers.flow = 'import'
            and pairs.hs6 = importers.hs6
            and pairs.year = importers.year
    inner join statements as exporters
        on
            pairs.partner_iso3 = exporters.reporter_iso3
            and exporters.flow = 'export'
            and pairs.hs6 = exporters.hs6
            and pairs.year = exporters.year
    left join stated_partners as by_importer
        on
            pairs.reporter_iso3 = by_importer.reporter_iso3
            and pairs.partner_iso3 = by_importer.partner_iso3
            and by_importer.flow = 'import'
            and pairs.year = by_importer.year
    left join stated_partners as by_exporter
        on
            pairs.partner_iso3 = by_exporter.reporter_iso3
            and pairs.reporter_iso3 = by_exporter.partner_iso3
            and by_exporter.flow = 'export'
            and pairs.year = by_exporter.year
    where
        (by_importer.year is not null or pairs.reporter_iso3 in ('USA', 'CAN', 'MEX'))
        and (by_exporter.year is not null or pairs.partner_iso3 in ('USA', 'CAN', 'MEX'))
),

-- if both sides state the same weight, values differ by freight and insurance
freight as (
    select
        hs6,
        year,
        greatest(median(importer_value_usd / exporter_value_usd) - 1, 0) as cif_margin_share
    from reported
    where
        importer_value_basis = 'cif'
        and exporter_value_usd > 0
        and abs(importer_weight_t / nullif(exporter_weight_t, 0) - 1) <= {{ same_weight_within }}
    group by hs6, year
    having count(*) >= {{ pairs_for_a_measure }}
),

adjusted as (
    select
        reported.*,
        reported.importer_value_basis = 'cif' and freight.cif_margin_share is not null as cif_adjusted,
        case when cif_adjusted then freight.cif_margin_share end as cif_margin_share,
        {{ rounded('reported.importer_value_usd / (1 + if(cif_adjusted, freight.cif_margin_share, 0))', 2) }}
            as importer_fob_usd
    from reported
    left join freight on reported.hs6 = freight.hs6 and reported.year = freight.year
),

-- the USA and Canada use each other's imports as their exports: a difference is not an error of either side
gaps as (
    select
        *,
        least(reporter_iso3, partner_iso3) = 'CAN' and greatest(reporter_iso3, partner_iso3) = 'USA'
            as is_exchange,
        case
            when importer_fob_usd > 0 and exporter_value_usd > 0 and not is_exchange
                then ln(importer_fob_usd / exporter_value_usd)
        end as log_ratio
    from adjusted
),

-- how far a reporter's statements scatter around those of its partners
spread as (
    select
        *,
        case
            when count(log_ratio) over importers >= {{ pairs_for_a_measure }}
                then stddev_samp(log_ratio) over importers
        end as importer_spread,
        case
            when count(log_ratio) over exporters >= {{ pairs_for_a_measure }}
                then stddev_samp(log_ratio) over exporters
        end as exporter_spread
    from gaps
    window
        importers as (
            partition by reporter_iso3, year
            order by hs6, partner_iso3
            rows between unbounded preceding and unbounded following
        ),
        exporters as (
            partition by partner_iso3, year
            order by hs6, reporter_iso3
            rows between unbounded preceding and unbounded following
        )
),

-- the exporter's own imports of the code: the importer states the country of origin
own_imports as (
    select
        reporter_iso3,
        hs6,
        year,
        {{ exact_sum('value_usd') }} as value_usd
    from imports
    group by reporter_iso3, hs6, year
),

chosen as (
    select
        *,
        case
            when importer_value_usd = 0 then 'only_exporter'
            when exporter_value_usd = 0 then 'only_importer'
            when is_exchange then 'data_exchange'
            when exporter_spread < importer_spread then 'exporter_scatters_less'
            else 'importer_knows_origin'
        end as reason
    from spread
),

-- BACI's reconciled value for flows that one of the three states in its own customs
baci as (
    select
        reporter_iso3,
        partner_iso3,
        left(hs_code, 6) as hs6,
        year(period)::integer as year,
        {{ exact_sum('value_usd') }} as value_usd,
        min(archive_id) as archive_id
    from {{ ref('fct_trade') }}
    where
        source_id = 'cepii_baci'
        and flow = 'import'
        and reporter_iso3 in ('USA', 'CAN', 'MEX')
        and value_usd is not null
    group by reporter_iso3, partner_iso3, left(hs_code, 6), year(period)::integer
),

reconciled as (
    select
        importer.reporter_iso3,
        importer.partner_iso3,
        importer.hs6,
        importer.year,
        importer.value_usd as importer_value_usd,
        importer.value_basis as importer_value_basis,
        importer.weight_t as importer_weight_t,
        importer.source_id as importer_source_id,
        baci.value_usd as baci_value_usd,
        concat_ws(';', importer.archive_id, baci.archive_id) as archive_ids
    from imports as importer
    inner join baci
        on
            importer.reporter_iso3 = baci.reporter_iso3
            and importer.partner_iso3 = baci.partner_iso3
            and importer.hs6 = baci.hs6
            and importer.year = baci.year
),

flows as (
    select
        chosen.reporter_iso3,
        chosen.partner_iso3,
        chosen.hs6,
        chosen.year,
        round(chosen.importer_value_usd)::bigint as importer_value_usd,
        chosen.importer_value_basis,
        round(chosen.exporter_value_usd)::bigint as exporter_value_usd,
        round(chosen.importer_fob_usd)::bigint as importer_fob_usd,
        chosen.cif_adjusted,
        chosen.cif_margin_share,
        chosen.importer_weight_t,
        chosen.exporter_weight_t,
        case
            when not chosen.is_exchange
                then
                    {{ rounded(mirror_asymmetry('chosen.importer_fob_usd', 'chosen.exporter_value_usd'), 9) }}
        end as asymmetry,
        chosen.importer_spread,
        chosen.exporter_spread,
        case
            when chosen.reason in ('only_exporter', 'exporter_scatters_less') then 'exporter'
            else 'importer'
        end as chosen_side,
        chosen.reason,
        case
            when
                chosen.importer_value_usd > 0
                and chosen.exporter_value_usd > 0
                and chosen.importer_spread + chosen.exporter_spread > 0
                and not chosen.is_exchange
                then round(exp(
                    (
                        power(chosen.exporter_spread, 2) * ln(chosen.importer_fob_usd)
                        + power(chosen.importer_spread, 2) * ln(chosen.exporter_value_usd)
                    ) / (power(chosen.importer_spread, 2) + power(chosen.exporter_spread, 2))
                ))::bigint
        end as reconciled_usd,
        round(own_imports.value_usd)::bigint as exporter_own_imports_usd,
        case
            when
                chosen.exporter_value_usd > {{ re_export_ratio }} * chosen.importer_fob_usd
                and own_imports.value_usd > 0
                then
                    round(
                        least(chosen.exporter_value_usd - chosen.importer_fob_usd, own_imports.value_usd)
                    )::bigint
        end as likely_re_export_usd,
        round(reconciled.baci_value_usd)::bigint as baci_value_usd,
        {{ rounded('reconciled.baci_value_usd / nullif(chosen.importer_value_usd, 0)', 6) }}
            as baci_to_importer_ratio,
        case
            when chosen.importer_value_basis = 'cif' and not chosen.cif_adjusted then 'freight_not_removed'
            else 'complete'
        end as coverage,
        concat_ws(
            ';',
            chosen.importer_source_id,
            nullif(chosen.exporter_source_id, chosen.importer_source_id),
            case when reconciled.hs6 is not null then 'cepii_baci' end
        ) as source_ids,
        chosen.archive_ids
    from chosen
    left join reconciled
        on
            chosen.reporter_iso3 = reconciled.reporter_iso3
            and chosen.partner_iso3 = reconciled.partner_iso3
            and chosen.hs6 = reconciled.hs6
            and chosen.year = reconciled.year
    left join own_imports
        on
            chosen.partner_iso3 = own_imports.reporter_iso3
            and chosen.hs6 = own_imports.hs6
            and chosen.year = own_imports.year
    union all
    -- no exporter data are held: the importer is compared with BACI's reconciled value
    select
        reconciled.reporter_iso3,
        reconciled.partner_iso3,
        reconciled.hs6,
        reconciled.year,
        round(reconciled.importer_value_usd)::bigint as importer_value_usd,
        reconciled.importer_value_basis,
        null::bigint as exporter_value_usd,
        round(reconciled.importer_value_usd)::bigint as importer_fob_usd,
        false as cif_adjusted,
        null::double as cif_margin_share,
        reconciled.importer_weight_t,
        null::double as exporter_weight_t,
        null::double as asymmetry,
        null::double as importer_spread,
        null::double as exporter_spread,
        'importer' as chosen_side,
        'reconciled_only' as reason,
        null::bigint as reconciled_usd,
        null::bigint as exporter_own_imports_usd,
        null::bigint as likely_re_export_usd,
        round(reconciled.baci_value_usd)::bigint as baci_value_usd,
        {{ rounded('reconciled.baci_value_usd / nullif(reconciled.importer_value_usd, 0)', 6) }}
            as baci_to_importer_ratio,
        'exporter_not_held' as coverage,
        reconciled.importer_source_id || ';cepii_baci' as source_ids,
        reconciled.archive_ids
    from reconciled
    anti join chosen
        on
            reconciled.reporter_iso3 = chosen.reporter_iso3
            and reconciled.partner_iso3 = chosen.partner_iso3
            and reconciled.hs6 = chosen.hs6
            and reconciled.year = chosen.year
),

-- the mineral of a code is the one that makes up most of it; a code of several minerals has none
minerals as (
    select
        hs_code,
        max_by(mineral_id, (weight_mid, mineral_id)) as mineral_id
    from {{ ref('dim_product') }}
    where not is_allocation_only and weight_mid > 0.5
    group by hs_code
)

select
    flows.*,
    minerals.mineral_id
from flows
left join minerals on flows.hs6 = minerals.hs_code
