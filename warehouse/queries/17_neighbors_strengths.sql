-- Of which minerals and stages are Mexico and Canada leading suppliers of the United States?
-- The shares to quote come first, of these the first suppliers, and of these the minerals with the largest
-- US imports by value, in the newest year of US customs and without finished goods and scrap
-- (us_imports_usd). Only rows among the first three suppliers are shown. revealed_advantage is Balassa's
-- index: the country's share of US imports of the mineral and stage, divided by its share of all mineral
-- lines without finished goods; above 1, it has a larger share of the mineral than of minerals in general;
-- USGS shares by weight have no index. A country has one row for each mineral and stage, by the share to
-- quote (quote_note says why), or else by the newest year of US customs.
with years as (
    select *
    from marts.import_sources
    where area = 'USA' and period_type != 'month'
),

last_years as (
    select
        mineral_id,
        stage,
        basis,
        max(period) as period
    from years
    group by mineral_id, stage, basis
),

newest as (
    select years.*
    from years
    inner join last_years
        on
            years.mineral_id = last_years.mineral_id
            and years.stage = last_years.stage
            and years.basis = last_years.basis
            and years.period = last_years.period
),

-- members of a group would count twice if their group is present
all_lines as (
    select
        newest.supplier_iso3,
        sum(newest.value_usd) / sum(sum(newest.value_usd)) over () as share_of_all
    from newest
    inner join core.dim_mineral as minerals on newest.mineral_id = minerals.mineral_id
    where
        newest.basis = 'customs_value'
        and newest.stage not in ('end_form', 'scrap')
        and minerals.group_id = minerals.mineral_id
    group by newest.supplier_iso3
),

-- what the United States buys of a mineral in all, however it is split by stage
imported as (
    select
        mineral_id,
        sum(value_usd) as us_imports_usd
    from newest
    where basis = 'customs_value' and stage not in ('end_form', 'scrap')
    group by mineral_id
),

-- pairs of a mineral and a stage with imports of at least a million dollars from some supplier
cases as (
    select count(distinct concat(mineral_id, ' ', stage)) as cases
    from newest
    where stage != 'end_form' and coalesce(value_usd, 1e6) >= 1e6
),

suppliers as (
    select
        newest.mineral_id,
        newest.stage,
        newest.supplier_iso3,
        case newest.period_type
            when 'four_years' then concat(year(newest.period), '-', year(newest.period) + 3)
            else year(newest.period)::varchar
        end as period,
        newest.rank,
        newest.quantity_share,
        newest.value_share,
        newest.value_usd,
        case when newest.basis = 'customs_value' then newest.value_share / all_lines.share_of_all end
            as revealed_advantage,
        newest.quote_note,
        newest.is_recommended,
        newest.coverage,
        newest.source_id as source_ids
    from newest
    left join all_lines on newest.supplier_iso3 = all_lines.supplier_iso3
    where
        newest.supplier_iso3 in ('MEX', 'CAN')
        and newest.stage != 'end_form'
        and coalesce(newest.value_usd, 1e6) >= 1e6
    qualify
        row_number() over (
            partition by newest.mineral_id, newest.stage, newest.supplier_iso3
            order by
                newest.is_recommended desc, newest.period desc,
                list_position(['customs_value', 'baci', 'usgs_four_years'], newest.basis) asc
        ) = 1
        and newest.rank <= 3
),

ranked as (
    select
        suppliers.*,
        minerals.name as mineral,
        imported.us_imports_usd,
        row_number() over (
            order by
                suppliers.is_recommended desc,
                suppliers.rank = 1 desc,
                imported.us_imports_usd desc nulls last,
                coalesce(suppliers.quantity_share, suppliers.value_share) desc nulls last,
                suppliers.mineral_id asc, suppliers.stage asc, suppliers.supplier_iso3 asc
        ) as place
    from suppliers
    inner join core.dim_mineral as minerals on suppliers.mineral_id = minerals.mineral_id
    left join imported on suppliers.mineral_id = imported.mineral_id
),

of_each as (
    select
        count(distinct concat(mineral_id, ' ', stage)) as among_three,
        count(distinct case when rank = 1 then concat(mineral_id, ' ', stage) end) as first_place,
        min_by(mineral, place) filter (supplier_iso3 = 'CAN') as of_canada,
        min_by(mineral, place) filter (supplier_iso3 = 'MEX') as of_mexico,
        min_by(coalesce(quantity_share, value_share), place) filter (supplier_iso3 = 'CAN') as canada_share,
        min_by(coalesce(quantity_share, value_share), place) filter (supplier_iso3 = 'MEX') as mexico_share,
        min_by(case when quantity_share is null then 'value' else 'weight' end || ', ' || period, place)
        filter (supplier_iso3 = 'CAN') as canada_period,
        min_by(case when quantity_share is null then 'value' else 'weight' end || ', ' || period, place)
        filter (supplier_iso3 = 'MEX') as mexico_period
    from ranked
)

select
    ranked.mineral_id,
    ranked.stage,
    ranked.supplier_iso3,
    ranked.period,
    ranked.rank,
    ranked.quantity_share,
    ranked.value_share,
    ranked.value_usd,
    ranked.us_imports_usd,
    ranked.revealed_advantage,
    ranked.quote_note,
    case
        when ranked.place = 1
            then concat(
                'Canada or Mexico was the first supplier of the United States in ',
                of_each.first_place,
                ' of ',
                cases.cases, ' cases (a mineral at a stage) and among the first three in ',
                of_each.among_three,
                '; by size of US imports, Canada leads with ' || lower(of_each.of_canada) || ' ('
                || round(100 * of_each.canada_share)::int || ' % of the ' || of_each.canada_period || ')',
                ' and Mexico with ' || lower(of_each.of_mexico) || ' ('
                || round(100 * of_each.mexico_share)::int || ' % of the ' || of_each.mexico_period || ')'
            )
    end as in_all,
    ranked.coverage,
    ranked.source_ids
from ranked
cross join of_each
cross join cases
order by ranked.place;
