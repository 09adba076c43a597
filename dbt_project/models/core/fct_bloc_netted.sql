-- Dependency by netting (F2, F3): net imports of the three, or of one, over output and net imports, in the
-- perimeters of bloc_netting. Ends of the inputs give the bounds.
with us_headline as (
    select
        *,
        -- output that is withheld: net imports of more than n percent leave at most (100 - n) / n of them to
        -- it
        case
            when published_nir_low_pct > 0 and imports_t > exports_t
                then (imports_t - exports_t) * (100 - published_nir_low_pct) / published_nir_low_pct
        end as output_high_t
    from {{ ref('fct_net_import_reliance') }}
    where is_headline
),

editions as (
    select distinct
        edition,
        year
    from us_headline
),

perimeters as (
    select
        mineral_id,
        basis,
        production_stage,
        counts_secondary,
        {{ joined("hs_code || ' ' || reason", '; ', by='hs_code') }} as reasons
    from {{ ref('bloc_netting') }}
    group by mineral_id, basis, production_stage, counts_secondary
),

framed as (
    select
        net_trade.*,
        net_trade.net_imports_low_t - net_trade.double_count_t as net_low_t,
        net_trade.net_imports_high_t as net_high_t,
        editions.edition,
        perimeters.production_stage,
        perimeters.reasons,
        perimeters.production_stage = 'usa' as is_us_output,
        perimeters.counts_secondary and net_trade.area = 'USMCA' as counts_secondary
    from {{ ref('fct_net_trade') }} as net_trade
    inner join perimeters
        on net_trade.mineral_id = perimeters.mineral_id and net_trade.basis = perimeters.basis
    inner join editions on net_trade.year = editions.year
    where net_trade.area != 'USA'
),

supplied as (
    select
        framed.*,
        case
            when framed.is_us_output and framed.area = 'USMCA' then us_headline.primary_production_t
            when framed.is_us_output then 0
            else output.output_t
        end as primary_t,
        coalesce(case when not framed.is_us_output then output.output_low_t end, 0) as primary_low_t,
        case
            when framed.is_us_output and framed.area != 'USMCA' then 0
            else
                coalesce(
                    case
                        when framed.is_us_output then us_headline.output_high_t
                        else output.output_high_t
                    end,
                    'infinity'::double
                )
        end as primary_high_t,
        case when framed.counts_secondary then coalesce(us_headline.secondary_production_t, 0) else 0 end
            as secondary_t,
        case when framed.counts_secondary then us_headline.apparent_consumption_t end as us_consumption_t,
        coalesce(output.is_estimated, false)
        or framed.implied_lines > 0
        or framed.estimated_lines > 0 as is_estimated,
        concat_ws(';', framed.archive_ids, output.archive_id) as all_archive_ids
    from framed
    left join {{ ref('fct_bloc_output') }} as output
        on
            framed.area = output.area
            and framed.mineral_id = output.mineral_id
            and framed.production_stage = output.stage
            and framed.year = output.year
            and framed.edition = output.edition
    left join us_headline
        on
            framed.mineral_id = us_headline.mineral_id
            and framed.year = us_headline.year
            and framed.edition = us_headline.edition
),

balanced as (
    select
        *,
        primary_t + secondary_t as home_t,
        primary_low_t + secondary_t as home_low_t,
        primary_high_t + secondary_t as home_high_t,
        -- Canada and Mexico use no less than nothing: the three need what the USA alone uses
        {{ unmet_consumption_pct('primary_t + secondary_t', 'us_consumption_t') }} as us_demand_pct
    from supplied
),

bounded as (
    select
        *,
        {{ net_import_reliance_pct('net_imports_t', 'home_t + net_imports_t') }} as point_pct,
        case
            when net_low_t > 0 then {{ net_import_reliance_bound_pct('net_low_t', 'home_high_t') }}
            else {{ net_import_reliance_bound_pct('net_low_t', 'home_low_t') }}
        end as low_pct,
        case
            when net_high_t > 0 then {{ net_import_reliance_bound_pct('net_high_t', 'home_low_t') }}
            else coalesce({{ net_import_reliance_bound_pct('net_high_t', 'home_high_t') }}, 0)
        end as netting_high_pct,
        greatest(netting_high_pct, coalesce(us_demand_pct, netting_high_pct)) as high_pct
    from balanced
),

-- suppliers by partner, where the lines of the perimeter are of one stage
line_stages as (
    select
        netting.mineral_id,
        netting.basis,
        min(product.stage) as line_stage
    from {{ ref('bloc_netting') }} as netting
    inner join {{ ref('dim_product') }} as product
        on netting.mineral_id = product.mineral_id and netting.hs_code = product.hs_code
    group by netting.mineral_id, netting.basis
    having count(distinct product.stage) = 1
),

suppliers as (
    select
        tables.*,
        line_stages.basis as perimeter
    from {{ ref('fct_import_source_summary') }} as tables
    inner join line_stages
        on tables.mineral_id = line_stages.mineral_id and tables.stage = line_stages.line_stage
    where tables.basis = 'baci'
)

select
    bounded.area,
    bounded.mineral_id,
    bounded.basis,
    bounded.year,
    bounded.edition,
    nullif(bounded.production_stage, 'usa') as stage,
    'net_imports_over_supply' as method,
    bounded.primary_t as primary_production_t,
    nullif(bounded.secondary_t, 0) as secondary_production_t,
    bounded.imports_t,
    bounded.exports_t,
    -- less than nothing is used where output that these lines do not show is exported
    case when bounded.home_t + bounded.net_imports_t >= 0 then bounded.home_t + bounded.net_imports_t end
        as apparent_consumption_t,
    bounded.point_pct as reliance_pct,
    bounded.low_pct,
    bounded.high_pct,
    {{ at_least_zero('bounded.point_pct') }} as extra_bloc_dependency_pct,
    greatest(coalesce(bounded.low_pct, 0), 0) as extra_bloc_dependency_low_pct,
    greatest(bounded.high_pct, 0) as extra_bloc_dependency_high_pct,
    suppliers.top_supplier_iso3,
    suppliers.top_supplier_share,
    suppliers.china_share,
    suppliers.intra_bloc_share,
    case when suppliers.top_supplier_iso3 is not null then bounded.year::string end as supplier_period,
    bounded.is_estimated,
    case bounded.basis when 'all_stage_content' then 1 when 'mine_stage' then 2 else 3 end as place,
    case
        when bounded.area != 'USMCA' then 'trade_only_fallback'
        when bounded.us_demand_pct > bounded.netting_high_pct then 'full_netting_below_us_demand'
        when bounded.home_t is null then 'full_netting_production_unknown'
        when bounded.implied_lines > 0 then 'full_netting_implied_weights'
        else 'full_netting'
    end as coverage,
    bounded.reasons || '. Weights implied from value: ' || bounded.implied_lines
    || ', estimated by the UN: ' || bounded.estimated_lines
    || ', lines without trade: ' || bounded.empty_lines
        as coverage_note,
    bounded.source_id || ';usgs_mcs' as source_ids,
    bounded.all_archive_ids as archive_ids
from bounded
left join suppliers
    on
        bounded.area = suppliers.area
        and bounded.mineral_id = suppliers.mineral_id
        and bounded.basis = suppliers.perimeter
        and bounded.year = year(suppliers.period)
where
    -- between nothing and all says nothing: without output of the year a row stands where trade alone bounds
    -- it
    (
        bounded.home_t is not null
        or bounded.production_stage is null
        or bounded.low_pct > 0
        or {{ rounded('bounded.high_pct', 6) }} < 100
    )
    -- nor does a member that neither has nor trades the mineral at this stage
    and (bounded.imports_t > 0 or bounded.exports_t > 0 or bounded.home_t > 0)
