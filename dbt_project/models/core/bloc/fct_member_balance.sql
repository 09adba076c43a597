-- The balance of each of the three at the policy stage: net imports and domestic output, with bounds, by
-- edition and year. The US balance is the one that USGS prints, in content and with stocks and scrap. The
-- balances of Canada and Mexico are computed from their trade and output. Consumption cannot be negative, so
-- a country's net exports are at most its output.
with stages as (
    select *
    from {{ ref('policy_stage') }}
    where role = 'headline'
),

editions as (
    select distinct
        edition,
        year
    from {{ ref('fct_net_import_reliance') }}
),

trade as (
    select * from {{ ref('fct_member_net_trade') }}
),

-- metal refined from imported mattes and precipitates may count as foreign: this sets a bound, not the point
feeds as (
    select distinct
        mineral_id,
        stage
    from {{ ref('policy_stage_codes') }}
    where stage like '%_feed'
),

printed as (
    select
        stages.mineral_id,
        stages.stage,
        reliance.edition,
        reliance.year,
        reliance.primary_production_t,
        reliance.secondary_production_t,
        reliance.imports_t,
        reliance.exports_t,
        reliance.apparent_consumption_t,
        -- the unrounded figure keeps tons additive
        coalesce(reliance.computed_nir_pct, reliance.net_import_reliance_pct) as reliance_pct,
        reliance.nir_low_pct,
        reliance.nir_high_pct,
        reliance.is_estimated,
        reliance.archive_ids,
        coalesce(
            case
                when reliance.apparent_consumption_t > 0
                    then reliance.apparent_consumption_t * reliance_pct / 100
            end,
            reliance.imports_t - reliance.exports_t + coalesce(reliance.stock_change_t, 0),
            -- exports that are not printed are unknown, not 0
            case when reliance.nir_low_pct = 100 then reliance.imports_t end
        ) as net_imports_t
    from stages
    inner join {{ ref('fct_net_import_reliance') }} as reliance
        on stages.mineral_id = reliance.mineral_id and stages.us_basis = reliance.basis
),

usa as (
    select
        *,
        case
            when apparent_consumption_t > 0 and reliance_pct is not null
                then apparent_consumption_t - net_imports_t
        end as home_t,
        -- withheld output: with net imports of n percent, output is (100 - n) / n of net imports
        coalesce(
            case
                when net_imports_t > 0 and nir_high_pct > 0
                    then net_imports_t * (100 - nir_high_pct) / nir_high_pct
                when net_imports_t <= 0 then -net_imports_t
            end,
            0
        ) as implied_low_t,
        case
            when net_imports_t > 0 and nir_low_pct > 0
                then net_imports_t * (100 - nir_low_pct) / nir_low_pct
            else 'infinity'::double
        end as implied_high_t
    from printed
),

members as (
    select
        stages.mineral_id,
        stages.stage,
        editions.edition,
        editions.year,
        countries.iso3 as country_iso3,
        trade.imports_t,
        trade.exports_t,
        case when trade.is_whole and not trade.is_basket then trade.net_imports_t end as net_imports_t,
        coalesce(trade.net_imports_low_t, -'infinity'::double) as net_low_t,
        coalesce(trade.net_imports_high_t, 'infinity'::double) as net_high_t,
        coalesce(trade.is_netted, false) as is_trade_held,
        coalesce(trade.is_bounded, false) as is_trade_bounded,
        feeds.mineral_id is not null as has_feed,
        coalesce(case when feed.is_whole then feed.imports_high_t end, 'infinity'::double) as feed_high_t,
        trade.hs_codes_held,
        output.output_t,
        coalesce(output.output_low_t, 0) as output_low_t,
        -- if output is from an earlier year, exports may come from domestic output
        greatest(
            coalesce(output.output_high_t, 'infinity'::double),
            case when output.carried_from_year is not null then coalesce(trade.exports_high_t, 0) else 0 end
        ) as output_high_t,
        output.carried_from_year,
        case when output.output_high_t = 0 or output.is_unstated then sites.site_names end as unstated_sites,
        coalesce(trade.is_estimated, false) or coalesce(output.is_estimated, false) as is_estimated,
        case
            when trade.is_netted
                then
                    concat_ws(
                        ';',
                        trade.import_sources,
                        case when trade.export_sources != trade.import_sources then trade.export_sources end
                    )
        end as trade_sources,
        output.source_id as output_source_id,
        nullif(
            concat_ws(
                ';',
                trade.archive_ids,
                output.archive_id,
                case when output.output_high_t = 0 or output.is_unstated then sites.archive_ids end
            ),
            ''
        ) as archive_ids
    from stages
    cross join editions
    cross join (values ('USA'), ('CAN'), ('MEX')) as countries (iso3)
    left join trade
        on
            stages.mineral_id = trade.mineral_id
            and stages.stage = trade.stage
            and editions.year = trade.year
            and countries.iso3 = trade.country_iso3
    left join feeds on stages.mineral_id = feeds.mineral_id and stages.stage || '_feed' = feeds.stage
    left join trade as feed
        on
            feeds.mineral_id = feed.mineral_id
            and feeds.stage = feed.stage
            and editions.year = feed.year
            and countries.iso3 = feed.country_iso3
    left join {{ ref('fct_member_output') }} as output
        on
            stages.mineral_id = output.mineral_id
            and stages.output_stage = output.stage
            and editions.year = output.year
            and editions.edition = output.edition
            and countries.iso3 = output.country_iso3
    left join {{ ref('fct_operating_site') }} as sites
        on stages.mineral_id = sites.mineral_id and countries.iso3 = sites.country_iso3
    -- the US balance is computed the same way if the Summaries do not cover the mineral
    where countries.iso3 != 'USA' or stages.us_basis is null or stages.us_basis = ''
),

-- exports that output cannot explain come from stocks or are another form: they bound the balance on one side
-- only
bounded_members as (
    select
        *,
        output_high_t + net_high_t < 0 as is_exporting_more
    from members
)

select
    mineral_id,
    stage,
    'USA' as country_iso3,
    edition,
    year::smallint as year,
    imports_t,
    exports_t,
    net_imports_t,
    coalesce(net_imports_t, -'infinity'::double) as net_imports_low_t,
    coalesce(net_imports_t, 'infinity'::double) as net_imports_high_t,
    net_imports_t is not null as is_trade_held,
    false as is_trade_bounded,
    null::string as hs_codes_held,
    primary_production_t,
    secondary_production_t,
    home_t,
    coalesce(home_t, implied_low_t) as home_low_t,
    coalesce(home_t, implied_high_t) as home_high_t,
    home_t + net_imports_t as consumption_t,
    false as is_exporting_more_than_output,
    0.0 as feed_high_t,
    coalesce(is_estimated, false) as is_estimated,
    null::smallint as carried_from_year,
    null::string as unstated_sites,
    'usgs_mcs' as trade_sources,
    'usgs_mcs' as output_source_id,
    archive_ids
from usa
union all
select
    mineral_id,
    stage,
    country_iso3,
    edition,
    year::smallint as year,
    imports_t,
    exports_t,
    net_imports_t,
    case
        when is_exporting_more then net_low_t
        else greatest(net_low_t, -output_high_t)
    end as net_imports_low_t,
    case when is_exporting_more then -output_high_t else net_high_t end as net_imports_high_t,
    is_trade_held,
    is_trade_bounded,
    hs_codes_held,
    output_t as primary_production_t,
    null::double as secondary_production_t,
    case when output_t + net_imports_t >= 0 then output_t end as home_t,
    case when is_exporting_more then output_high_t else greatest(output_low_t, -net_high_t) end as home_low_t,
    case when is_exporting_more then -net_low_t else output_high_t end as home_high_t,
    case when output_t + net_imports_t >= 0 then output_t + net_imports_t end as consumption_t,
    is_exporting_more as is_exporting_more_than_output,
    case when has_feed then least(feed_high_t, output_high_t) else 0 end as feed_high_t,
    is_estimated,
    carried_from_year,
    unstated_sites,
    trade_sources,
    output_source_id,
    archive_ids
from bounded_members
