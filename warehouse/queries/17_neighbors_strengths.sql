-- Of which minerals and stages are Mexico and Canada leading suppliers of the United States?
-- revealed_advantage is Balassa's index: the country's share of US imports of the mineral and stage, divided
-- by its share of all mineral lines without finished goods. Above 1, it has a larger share of the mineral
-- than of minerals in general. USGS shares by weight have no index. A country has one row for each mineral
-- and stage, by the share to quote (quote_note says why), or else by the newest year of US customs. The
-- shares to quote come first.
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
)

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
order by
    newest.is_recommended desc,
    coalesce(newest.quantity_share, newest.value_share) desc nulls last,
    newest.mineral_id asc, newest.stage asc, newest.supplier_iso3 asc;
