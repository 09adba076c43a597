-- The Chinese part of a country's supply of a mineral at a stage (F7, sigma): imports from China divided by
-- all imports plus own output, by year. Imports of all countries come from BACI, for codes that it has for
-- the whole world. If output is unknown, the bounds assume that none of it is Chinese, or that imports are
-- the whole supply.
with products as (
    select *
    from {{ ref('bridge_trade_product') }}
    where not is_allocation_only and weight_mid > 0
),

members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
),

baci as (
    select
        trade.*,
        trade.reporter_iso3 not in (select members.iso3 from members)
        and trade.partner_iso3 not in (select members.iso3 from members) as is_elsewhere
    from {{ ref('fct_trade') }} as trade
    where trade.source_id = 'cepii_baci' and trade.value_usd > 0 and trade.reporter_iso3 != trade.partner_iso3
),

-- a file with only flows of the three does not show what other countries import
world_codes as (
    select
        hs_code,
        period
    from baci
    group by hs_code, period
    having bool_or(is_elsewhere) and count(distinct partner_iso3) > 1
),

imports as (
    select
        baci.reporter_iso3 as supplier_iso3,
        products.mineral_id,
        products.stage,
        year(baci.period)::smallint as year,
        partners.policy_iso3 = 'CHN' as is_chinese,
        baci.value_usd * products.weight_mid as value_usd,
        -- converted to the content in which output is counted
        baci.net_weight_kg / 1000 * coalesce(codes.factor_mid, products.weight_mid * products.content_factor)
            as content_t,
        baci.archive_id
    from baci
    inner join world_codes on baci.hs_code = world_codes.hs_code and baci.period = world_codes.period
    inner join products on baci.hs_code = products.hs_code and baci.nomenclature = products.nomenclature
    left join {{ ref('policy_stage_codes') }} as codes
        on
            products.mineral_id = codes.mineral_id
            and left(baci.hs_code, length(codes.hs_code)) = codes.hs_code
            and codes.stage not like '%_feed'
    left join {{ ref('dim_country') }} as partners on baci.partner_iso3 = partners.iso3
),

by_supplier as (
    select
        supplier_iso3,
        mineral_id,
        stage,
        year,
        {{ share(exact_sum('case when is_chinese then value_usd else 0 end'), exact_sum('value_usd')) }}
            as china_import_share,
        coalesce({{ exact_sum('content_t') }}, 0) as imports_t,
        count(content_t) = count(*) as is_weighed,
        min(archive_id) as archive_id
    from imports
    group by supplier_iso3, mineral_id, stage, year
),

production as (
    select *
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs' and qualifier is not null
    qualify edition = max(edition) over (partition by mineral_id, stage, year)
),

tables as (
    select
        mineral_id,
        stage,
        year,
        max(case when country_iso3 = 'ZZZ' then coalesce(production_high_t, 'infinity'::double) else 0 end)
            as other_t
    from production
    group by mineral_id, stage, year
    having bool_or(is_world)
),

with_output as (
    select
        by_supplier.*,
        tables.mineral_id is not null as has_table,
        output.country_iso3 is not null as is_listed,
        coalesce(output.production_low_t, 0) as output_low_t,
        case
            when output.country_iso3 is not null then coalesce(output.production_high_t, 'infinity'::double)
            when tables.mineral_id is not null then tables.other_t
            else 'infinity'::double
        end as output_high_t
    from by_supplier
    left join tables
        on
            by_supplier.mineral_id = tables.mineral_id
            and by_supplier.stage = tables.stage
            and by_supplier.year = tables.year
    left join production as output
        on
            by_supplier.mineral_id = output.mineral_id
            and by_supplier.stage = output.stage
            and by_supplier.year = output.year
            and by_supplier.supplier_iso3 = output.country_iso3
)

select
    supplier_iso3,
    mineral_id,
    stage,
    year,
    china_import_share,
    imports_t,
    output_low_t,
    output_high_t,
    case
        when output_high_t = 0 then china_import_share
        when output_high_t = 'infinity'::double then 0
        else china_import_share * imports_t / (imports_t + output_high_t)
    end as sigma_low,
    case
        -- imports without a weight exceed the counted weight
        when output_low_t = 0 or not is_weighed then china_import_share
        else china_import_share * imports_t / (imports_t + output_low_t)
    end as sigma_high,
    case
        when is_listed and output_low_t = output_high_t and is_weighed then 'imports_over_supply'
        when has_table and output_high_t = 0 then 'no_output'
        when has_table and output_high_t < 'infinity'::double then 'output_within_bounds'
        else 'imports_alone'
    end as sigma_basis,
    archive_id
from with_output
