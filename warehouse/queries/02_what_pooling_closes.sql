-- How dependent is the USA alone, and how much of that do Canada and Mexico close, in percentage points?
-- It covers the minerals on the US list of 2025, with the groups that contain them. Members also ship goods
-- from elsewhere: if the dependency of the three exceeds that of the USA on the outside, part of their
-- supply is passed on. If it is lower, the three sell to others a part of what they could use themselves:
-- the shares of the USA go by where its imports come from, those of the three by imports less exports. All
-- figures of a row are for one year: the newest in which the flows of the three are held, or else the
-- newest. Bounds from 0 to 100 settle nothing, so remark says what is missing. What Canada and Mexico close
-- has bounds if they may be among the suppliers that USGS does not name.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
),

netted as (
    select
        mineral_id,
        year,
        -- bounds from 0 to 100 settle nothing
        bloc_net_dependency_high_pct - bloc_net_dependency_low_pct < 100 as is_bounded,
        is_bounded and not_netted_reason is null as is_netted,
        case when is_bounded then bloc_net_dependency_low_pct end as low_pct,
        case when is_bounded then bloc_net_dependency_high_pct end as high_pct,
        case
            when is_bounded then null
            when not_netted_reason = 'trade_of_members_not_held'
                then 'trade of Canada or Mexico is not held for the year'
            when not_netted_reason = 'codes_missing' then 'trade is held for a part of the codes only'
            when not_netted_reason = 'no_code_of_its_own' then 'no tariff code of its own'
            when not_netted_reason = 'us_balance_not_printed' then 'USGS prints no balance of the year'
            when not_netted_reason is not null then replace(not_netted_reason, '_', ' ')
            else 'records of trade and output differ so far that any share from 0 to 100 % is possible'
        end as why_not_netted
    from marts.import_dependency
    where area = 'USMCA' and is_headline
    qualify row_number() over (partition by mineral_id, year order by edition desc, basis asc) = 1
),

-- net exports in the newest year leave nothing to close, whatever was imported before
exporters as (
    select mineral_id
    from marts.import_dependency
    where area = 'USA' and is_headline
    group by mineral_id
    having max_by(nir_qualifier, (year, edition)) = 'E'
),

-- who of the two supplies it, as USGS prints it or by the newest year of customs
sellers as (
    select
        sources.mineral_id,
        string_agg(
            concat(
                countries.name, ' ',
                round(100 * coalesce(sources.quantity_share, sources.value_share))::int, ' %'
            ),
            ', '
            order by coalesce(sources.quantity_share, sources.value_share) desc, sources.supplier_iso3 asc
        ) as shares_of_imports,
        any_value(
            case sources.period_type
                when 'four_years' then concat(year(sources.period), '-', year(sources.period) + 3)
                else year(sources.period)::varchar
            end
        ) as years_meant
    from marts.import_sources as sources
    inner join core.dim_country as countries on sources.supplier_iso3 = countries.iso3
    where
        sources.area = 'USA' and sources.is_recommended and sources.supplier_iso3 in ('CAN', 'MEX')
        and coalesce(sources.quantity_share, sources.value_share) >= 0.005
    group by sources.mineral_id, sources.stage, sources.basis, sources.period
    qualify
        row_number() over (
            partition by sources.mineral_id
            order by
                (sources.stage = 'all_forms') desc, (sources.basis = 'usgs_four_years') desc,
                sources.period desc, sources.stage asc
        ) = 1
),

usa as (
    select
        headline.*,
        netted.low_pct,
        netted.high_pct,
        case
            when netted.mineral_id is null then 'no balance of the three at this stage for the year'
            else netted.why_not_netted
        end as why_not_netted
    from marts.import_dependency as headline
    left join netted on headline.mineral_id = netted.mineral_id and headline.year = netted.year
    where
        headline.area = 'USA'
        and headline.mineral_id in (select listed.mineral_id from listed)
        and headline.mineral_id not in (select exporters.mineral_id from exporters)
        and headline.is_headline
        and headline.net_import_reliance_pct > 0
        and headline.us_dependency_on_outside_pct is not null
    qualify
        row_number() over (
            partition by headline.mineral_id
            order by
                coalesce(netted.is_netted, false) desc,
                coalesce(netted.high_pct - netted.low_pct < 50, false) desc,
                headline.year desc,
                headline.edition desc,
                headline.basis asc
        ) = 1
)

select
    usa.mineral_id,
    usa.year,
    usa.edition,
    usa.net_import_reliance_pct as usa_alone_pct,
    round(usa.us_dependency_on_outside_low_pct, 1) as on_the_rest_of_the_world_low_pct,
    round(usa.us_dependency_on_outside_high_pct, 1) as on_the_rest_of_the_world_high_pct,
    round(usa.net_import_reliance_pct - usa.us_dependency_on_outside_high_pct, 1) as closed_low_pp,
    round(usa.net_import_reliance_pct - usa.us_dependency_on_outside_low_pct, 1) as closed_high_pp,
    sellers.shares_of_imports || ' (' || sellers.years_meant || ')' as shares_of_us_imports,
    usa.low_pct as three_netted_low_pct,
    usa.high_pct as three_netted_high_pct,
    nullif(
        concat_ws(
            '; ',
            case
                when usa.low_pct > usa.us_dependency_on_outside_high_pct
                    then 'part of it is passed on from elsewhere'
                when usa.high_pct < usa.us_dependency_on_outside_low_pct
                    then 'another basis: exports of the three to others are deducted'
                else usa.why_not_netted
            end,
            'form: ' || nullif(replace(replace(usa.basis, 'k2o', 'K2O'), '_', ' '), 'all forms')
        ),
        ''
    ) as remark,
    usa.coverage,
    usa.source_ids
from usa
left join sellers on usa.mineral_id = sellers.mineral_id
order by closed_low_pp desc nulls last, closed_high_pp desc nulls last, usa.mineral_id asc;
