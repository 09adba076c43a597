-- Import dependency of North America as one, and of Canada and Mexico alone, in the columns of marts.import_dependency.
-- Netted rows take the trade of all three (F2) or of one (F3); the others see North America through US imports by
-- origin. Output of a member that USGS does not list as a producer is nil.
with members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NAM'
),

-- US reliance beside the origins of US imports: the share table of the basis's own stage, else that of all forms where
-- the basis is the mineral's headline. A table of four years serves each of them and the year after.
us as (
    select
        reliance.*,
        tables.top_supplier_iso3,
        tables.top_supplier_share,
        tables.china_share,
        tables.intra_bloc_share,
        tables.intra_bloc_low_share,
        tables.intra_bloc_high_share,
        year(tables.period) as first_share_year,
        tables.archive_id as shares_archive_id
    from {{ ref('fct_net_import_reliance') }} as reliance
    left join {{ ref('fct_import_source_summary') }} as tables
        on
            reliance.mineral_id = tables.mineral_id
            and tables.area = 'USA'
            and tables.basis = 'usgs_four_years'
            and tables.intra_bloc_share is not null
            and (reliance.stage = tables.stage or (reliance.is_headline and tables.is_headline))
            and reliance.year between year(tables.period) and year(tables.period) + 4
    qualify row_number() over (
        partition by reliance.edition, reliance.mineral_id, reliance.basis, reliance.year
        order by reliance.stage = tables.stage desc nulls last, tables.edition desc
    ) = 1
),

editions as (
    select distinct
        edition,
        year
    from us
),

-- years and stages of which an edition has a world table
world_tables as (
    select
        edition,
        mineral_id,
        stage,
        year
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs'
    group by edition, mineral_id, stage, year
    having count(*) filter (is_world and qualifier is not null) > 0
),

output_by_country as (
    select
        world_tables.*,
        areas.area,
        members.iso3,
        case when production.qualifier is null then 0 else production.production_t end as output_t,
        case when production.qualifier is null then 0 else coalesce(production.production_low_t, 0) end as output_low_t,
        case
            when production.qualifier is null then 0
            else coalesce(production.production_high_t, 'infinity'::double)
        end as output_high_t,
        coalesce(production.is_estimated, false) as is_estimated,
        production.archive_id
    from world_tables
    cross join members
    cross join (values ('NAM'), ('USA'), ('CAN'), ('MEX')) as areas (area)
    left join {{ ref('fct_production') }} as production
        on
            world_tables.edition = production.edition
            and world_tables.mineral_id = production.mineral_id
            and world_tables.stage = production.stage
            and world_tables.year = production.year
            and members.iso3 = production.country_iso3
            and production.source_id = 'usgs_mcs'
    where areas.area in ('NAM', members.iso3)
),

output as (
    select
        area,
        edition,
        mineral_id,
        stage,
        year,
        {{ whole_sum('output_t') }} as output_t,
        sum(output_low_t order by iso3) as output_low_t,
        sum(output_high_t order by iso3) as output_high_t,
        bool_or(is_estimated) as is_estimated,
        min(archive_id) as archive_id
    from output_by_country
    group by area, edition, mineral_id, stage, year
),

-- US output that is withheld, from its reliance: net imports of more than n percent leave at most (100 - n) / n of them
us_headline as (
    select
        *,
        case
            when published_nir_low_pct > 0 and imports_t > exports_t
                then (imports_t - exports_t) * (100 - published_nir_low_pct) / published_nir_low_pct
        end as output_high_t
    from us
    where is_headline
),

perimeters as (
    select
        mineral_id,
        basis,
        any_value(production_stage) as production_stage,
        bool_or(counts_secondary) as counts_secondary
    from {{ ref('bloc_netting') }}
    group by mineral_id, basis
),

netted_inputs as (
    select
        net_trade.area,
        net_trade.mineral_id,
        net_trade.basis,
        net_trade.year,
        editions.edition,
        perimeters.production_stage as stage,
        net_trade.imports_t,
        net_trade.exports_t,
        net_trade.net_imports_t,
        net_trade.net_imports_low_t - net_trade.double_count_t as net_imports_low_t,
        net_trade.net_imports_high_t,
        net_trade.implied_lines,
        net_trade.estimated_lines,
        net_trade.empty_lines,
        net_trade.hs_codes,
        case
            when perimeters.production_stage = 'usa' and net_trade.area in ('CAN', 'MEX') then 0
            when perimeters.production_stage = 'usa' then us_headline.primary_production_t
            else output.output_t
        end as primary_t,
        case when perimeters.production_stage = 'usa' then 0 else coalesce(output.output_low_t, 0) end as primary_low_t,
        case
            when perimeters.production_stage = 'usa' and net_trade.area in ('CAN', 'MEX') then 0
            when perimeters.production_stage = 'usa' then coalesce(us_headline.output_high_t, 'infinity'::double)
            else coalesce(output.output_high_t, 'infinity'::double)
        end as primary_high_t,
        case
            when net_trade.area = 'NAM' and perimeters.counts_secondary
                then coalesce(us_headline.secondary_production_t, 0)
            else 0
        end as secondary_t,
        case
            when net_trade.area = 'NAM' and perimeters.counts_secondary then us_headline.apparent_consumption_t
        end as us_consumption_t,
        coalesce(output.is_estimated, false) or net_trade.implied_lines + net_trade.estimated_lines > 0 as is_estimated,
        net_trade.source_id,
        concat_ws(';', net_trade.archive_ids, output.archive_id) as archive_ids
    from {{ ref('fct_net_trade') }} as net_trade
    inner join perimeters
        on net_trade.mineral_id = perimeters.mineral_id and net_trade.basis = perimeters.basis
    inner join editions on net_trade.year = editions.year
    left join output
        on
            net_trade.area = output.area
            and net_trade.mineral_id = output.mineral_id
            and perimeters.production_stage = output.stage
            and net_trade.year = output.year
            and editions.edition = output.edition
    left join us_headline
        on
            net_trade.mineral_id = us_headline.mineral_id
            and net_trade.year = us_headline.year
            and editions.edition = us_headline.edition
    where net_trade.area != 'USA'
),

netted_balance as (
    select
        *,
        primary_t + secondary_t as home_t,
        primary_low_t + secondary_t as home_low_t,
        primary_high_t + secondary_t as home_high_t,
        -- Canada and Mexico use no less than nothing: the three need what the USA alone uses
        {{ unmet_consumption_pct('primary_t + secondary_t', 'us_consumption_t') }} as us_demand_pct
    from netted_inputs
),

netted_points as (
    select
        *,
        {{ net_import_reliance_pct('net_imports_t', 'home_t + net_imports_t') }} as point_pct,
        case
            when net_imports_low_t > 0 then {{ net_import_reliance_bound_pct('net_imports_low_t', 'home_high_t') }}
            else {{ net_import_reliance_bound_pct('net_imports_low_t', 'home_low_t') }}
        end as low_pct,
        case
            when net_imports_high_t > 0 then {{ net_import_reliance_bound_pct('net_imports_high_t', 'home_low_t') }}
            else coalesce({{ net_import_reliance_bound_pct('net_imports_high_t', 'home_high_t') }}, 0)
        end as netting_high_pct
    from netted_balance
),

-- supplier tables by partner where the lines of the perimeter are one stage
line_stages as (
    select
        netting.mineral_id,
        netting.basis,
        any_value(product.stage) as stage
    from {{ ref('bloc_netting') }} as netting
    inner join {{ ref('dim_product') }} as product
        on netting.mineral_id = product.mineral_id and netting.hs_code = product.hs_code
    group by netting.mineral_id, netting.basis
    having count(distinct product.stage) = 1
),

supplier_tables as (
    select
        summary.area,
        summary.mineral_id,
        line_stages.basis,
        year(summary.period) as year,
        summary.top_supplier_iso3,
        summary.top_supplier_share,
        summary.china_share,
        summary.intra_bloc_share
    from {{ ref('fct_import_source_summary') }} as summary
    inner join line_stages on summary.mineral_id = line_stages.mineral_id and summary.stage = line_stages.stage
    where summary.basis = 'baci'
),

netted as (
    select
        area,
        mineral_id,
        basis,
        year,
        edition,
        nullif(stage, 'usa') as stage,
        case basis when 'all_stage_content' then 1 when 'mine_stage' then 2 else 3 end as place,
        'net_imports_over_supply' as method,
        primary_t as primary_production_t,
        case when secondary_t > 0 then secondary_t end as secondary_production_t,
        imports_t,
        exports_t,
        -- less than nothing is used where output that these lines do not show is exported
        case when home_t + net_imports_t >= 0 then home_t + net_imports_t end as apparent_consumption_t,
        point_pct as bloc_reliance_pct,
        low_pct as bloc_low_pct,
        greatest(netting_high_pct, coalesce(us_demand_pct, netting_high_pct)) as bloc_high_pct,
        {{ at_least_zero('point_pct') }} as extra_bloc_dependency_pct,
        greatest(coalesce(low_pct, 0), 0) as extra_bloc_dependency_low_pct,
        greatest(netting_high_pct, coalesce(us_demand_pct, netting_high_pct), 0) as extra_bloc_dependency_high_pct,
        summary.top_supplier_iso3,
        summary.top_supplier_share,
        summary.china_share,
        summary.intra_bloc_share,
        case when summary.top_supplier_iso3 is not null then year::varchar end as supplier_period,
        is_estimated,
        case
            when area != 'NAM' then 'trade_only_fallback'
            when us_demand_pct > netting_high_pct then 'full_netting_below_us_demand'
            when home_t is null then 'full_netting_production_unknown'
            when implied_lines > 0 then 'full_netting_implied_weights'
            else 'full_netting'
        end as coverage,
        'HS ' || replace(hs_codes, ';', ', ') || '; weights implied from value: ' || implied_lines
        || ', estimated by the UN: ' || estimated_lines || ', lines without trade: ' || empty_lines as coverage_note,
        source_id || ';usgs_mcs' as source_ids,
        archive_ids
    from netted_points
    left join supplier_tables as summary using (area, mineral_id, basis, year)
    where
        -- between nothing and all says nothing: without output of the year a row stands where trade alone bounds it
        (home_t is not null or stage is null or low_pct > 0 or round(netting_high_pct, 6) < 100)
        -- nor does a member that neither has nor trades the mineral at this stage
        and (imports_t > 0 or exports_t > 0 or home_t > 0)
),

-- output at the stage of the basis, or at the one whose US output is what the basis counts, but for rounding
us_by_origin as (
    select
        us.*,
        pooled.output_t,
        pooled.output_t + coalesce(us.secondary_production_t, 0) as home_t,
        pooled.archive_id as output_archive_id
    from us
    left join output as us_output
        on
            us_output.area = 'USA'
            and us.edition = us_output.edition
            and us.mineral_id = us_output.mineral_id
            and us.year = us_output.year
            and (
                us.stage = us_output.stage
                or abs(us_output.output_t - us.primary_production_t) < 0.1 * us.primary_production_t
            )
    left join output as pooled
        on
            pooled.area = 'NAM'
            and us_output.edition = pooled.edition
            and us_output.mineral_id = pooled.mineral_id
            and us_output.stage = pooled.stage
            and us_output.year = pooled.year
    qualify row_number() over (
        partition by us.edition, us.mineral_id, us.basis, us.year
        order by us.stage = us_output.stage desc nulls last, us_output.stage
    ) = 1
),

us_view_bounds as (
    select
        *,
        {{ unmet_consumption_pct('home_t', 'apparent_consumption_t') }} as us_demand_pct,
        home_t = 0 and net_import_reliance_pct > 0 as is_without_output
    from us_by_origin
),

us_view as (
    select
        'NAM' as area,
        mineral_id,
        basis,
        year,
        edition,
        stage,
        case when is_headline then 4 else 5 end as place,
        'us_reliance_by_origin' as method,
        output_t as primary_production_t,
        secondary_production_t,
        imports_t * (1 - intra_bloc_share) as imports_t,
        null::double as exports_t,
        null::double as apparent_consumption_t,
        case when is_without_output then 100.0 end as bloc_reliance_pct,
        case when is_without_output then 100.0 else us_demand_pct end as bloc_low_pct,
        100.0 as bloc_high_pct,
        {{ non_bloc_dependency_pct('net_import_reliance_pct', 'intra_bloc_share') }} as extra_bloc_dependency_pct,
        {{ non_bloc_dependency_pct('nir_low_pct', 'intra_bloc_high_share') }} as extra_bloc_dependency_low_pct,
        {{ non_bloc_dependency_pct('nir_high_pct', 'intra_bloc_low_share') }} as extra_bloc_dependency_high_pct,
        top_supplier_iso3,
        top_supplier_share,
        china_share,
        intra_bloc_share,
        first_share_year || '-' || (first_share_year + 3) as supplier_period,
        is_estimated,
        'us_view_by_origin' as coverage,
        'US reliance less the part of US imports that comes from Canada and Mexico, 2021-24; what Canada and Mexico '
        || 'themselves draw from outside is not known' as coverage_note,
        'usgs_mcs' as source_ids,
        concat_ws(';', archive_ids, shares_archive_id, output_archive_id) as archive_ids
    from us_view_bounds
)

select
    area,
    mineral_id,
    basis,
    year::smallint as year,
    edition,
    stage,
    method,
    primary_production_t,
    secondary_production_t,
    imports_t,
    exports_t,
    null::double as stock_change_t,
    apparent_consumption_t,
    round(bloc_reliance_pct, 6) as net_import_reliance_pct,
    case
        when bloc_high_pct <= 0 or bloc_reliance_pct <= 0 then 'E'
        when bloc_reliance_pct is not null then '='
        when round(bloc_high_pct, 6) < 100 then '<'
        when bloc_low_pct > 0 then '>'
        else 'NA'
    end as nir_qualifier,
    round(bloc_low_pct, 6) as nir_low_pct,
    round(bloc_high_pct, 6) as nir_high_pct,
    null::double as published_nir_pct,
    null::varchar as published_nir_qualifier,
    is_estimated,
    round(100 * china_share, 6) as china_import_share_pct,
    round(100 * intra_bloc_share, 6) as intra_bloc_import_share_pct,
    round(extra_bloc_dependency_pct, 6) as extra_bloc_dependency_pct,
    round(extra_bloc_dependency_low_pct, 6) as extra_bloc_dependency_low_pct,
    round(extra_bloc_dependency_high_pct, 6) as extra_bloc_dependency_high_pct,
    top_supplier_iso3,
    round(100 * top_supplier_share, 6) as top_supplier_share_pct,
    supplier_period,
    -- the row to read first: netting that says something, the widest perimeter first, else the US view
    row_number() over (
        partition by area, mineral_id, edition, year
        order by place >= 4 or nir_qualifier != 'NA' desc, place, basis
    ) = 1 as is_headline,
    coverage,
    coverage_note,
    source_ids,
    archive_ids
from (
    select * from netted
    union all by name
    select * from us_view
)
