-- Gross weight of BACI flows of the members with all partners, and of the three with the outside, by code and
-- year.
with members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA'
),

-- a file limited to one exporter does not show a country's total imports
whole_codes as (
    select
        hs_code,
        period
    from {{ ref('fct_trade') }}
    where source_id = 'cepii_baci'
    group by hs_code, period
    having count(distinct partner_iso3) > 1
),

flows as (
    select
        trade.hs_code,
        year(trade.period)::integer as year,
        trade.reporter_iso3,
        trade.partner_iso3,
        importers.iso3 is not null as is_inward,
        exporters.iso3 is not null as is_outward,
        trade.value_usd,
        case when misstated.hs_code is null then trade.net_weight_kg end as net_weight_kg,
        case when trade.net_weight_kg is null or misstated.hs_code is not null then trade.value_usd end
            as unweighed_usd,
        trade.archive_id
    from {{ ref('fct_trade') }} as trade
    inner join whole_codes on trade.hs_code = whole_codes.hs_code and trade.period = whole_codes.period
    left join {{ ref('fct_implausible_weight') }} as misstated
        on
            trade.hs_code = misstated.hs_code
            and trade.nomenclature = misstated.nomenclature
            and trade.period = misstated.period
            and trade.reporter_iso3 = misstated.reporter_iso3
            and trade.partner_iso3 = misstated.partner_iso3
    left join members as importers on trade.reporter_iso3 = importers.iso3
    left join members as exporters on trade.partner_iso3 = exporters.iso3
    where
        trade.source_id = 'cepii_baci'
        and trade.reporter_iso3 != trade.partner_iso3
        and (importers.iso3 is not null or exporters.iso3 is not null)
),

sides as (
    select
        *,
        reporter_iso3 as area,
        'import' as flow
    from flows
    where is_inward
    union all
    select
        *,
        partner_iso3 as area,
        'export' as flow
    from flows
    where is_outward
    union all
    select
        *,
        'USMCA' as area,
        case when is_inward then 'import' else 'export' end as flow
    from flows
    where is_inward != is_outward
),

-- Goods that a member imports from outside and sends on to another may count twice if the other records the
-- origin: at most the smaller of the two amounts. Totals with the World are not affected, since exports
-- include re-exports.
passed_on as (
    select
        area,
        hs_code,
        year,
        {{ exact_sum("case when flow = 'import' and not is_outward then net_weight_kg end") }}
            as from_outside_kg,
        {{ exact_sum("case when flow = 'export' and is_inward then net_weight_kg end") }}
            as to_members_kg
    from sides
    where area != 'USMCA'
    group by area, hs_code, year
),

passed_on_by_member as (
    select
        area,
        hs_code,
        year,
        least(coalesce(from_outside_kg, 0), coalesce(to_members_kg, 0)) / 1000 as passed_on_t
    from passed_on
),

double_counts as (
    select
        area,
        hs_code,
        year,
        passed_on_t as double_count_t
    from passed_on_by_member
    union all
    select
        'USMCA' as area,
        hs_code,
        year,
        {{ exact_sum('passed_on_t') }} as double_count_t
    from passed_on_by_member
    group by hs_code, year
),

unit_values as (
    select
        hs_code,
        year,
        {{ exact_sum('value_usd') }} / {{ exact_sum('net_weight_kg') }} as mean_usd_per_kg
    from flows
    where net_weight_kg > 0
    group by hs_code, year
)

-- a flow without a quantity, or with an implausible one, gets its value divided by the mean unit value, with
-- bounds from zero to twice that
select
    sides.area,
    sides.hs_code,
    sides.year,
    sides.flow,
    sum(sides.value_usd)::bigint as value_usd,
    case when count(*) = count(sides.net_weight_kg) then 'reported' else 'implied_from_value' end
        as weight_method,
    coalesce({{ exact_sum('sides.net_weight_kg') }}, 0) / 1000 as gross_weight_low_t,
    coalesce({{ exact_sum('sides.unweighed_usd / unit_values.mean_usd_per_kg') }}, 0) / 1000 as unweighed_t,
    gross_weight_low_t + unweighed_t as gross_weight_t,
    gross_weight_low_t + 2 * unweighed_t as gross_weight_high_t,
    coalesce(max(double_counts.double_count_t), 0) as double_count_t,
    min(sides.archive_id) as archive_id
from sides
inner join unit_values on sides.hs_code = unit_values.hs_code and sides.year = unit_values.year
left join double_counts
    on
        sides.area = double_counts.area
        and sides.hs_code = double_counts.hs_code
        and sides.year = double_counts.year
group by sides.area, sides.hs_code, sides.year, sides.flow
