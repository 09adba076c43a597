-- Of which minerals and stages is Mexico a leading supplier of the United States?
-- revealed_advantage is Balassa's index: Mexico's share of US imports of the mineral and stage, divided by
-- its share of all mineral lines without finished goods. Above 1, Mexico sells more of the mineral than of
-- minerals in general. USGS shares by quantity have no index. Of several shares of a mineral, quote the one
-- that is_recommended; these stand first, and quote_note gives the reason.
with newest as (
    select *
    from marts.import_sources
    where area = 'USA' and period_type != 'month'
    qualify dense_rank() over (partition by mineral_id, stage, basis order by period desc) = 1
),

-- members of a group would count twice if their group is present
all_lines as (
    select
        sum(newest.value_usd) filter (newest.supplier_iso3 = 'MEX')
        / sum(newest.value_usd) as mexican_share
    from newest
    inner join core.dim_mineral as minerals on newest.mineral_id = minerals.mineral_id
    where
        newest.basis = 'customs_value'
        and newest.stage not in ('end_form', 'scrap')
        and minerals.group_id = minerals.mineral_id
)

select
    newest.mineral_id,
    newest.stage,
    newest.basis,
    newest.period,
    newest.rank,
    newest.value_usd,
    newest.value_share,
    newest.quantity_share,
    case when newest.basis = 'customs_value' then newest.value_share / all_lines.mexican_share end
        as revealed_advantage,
    newest.is_recommended,
    newest.quote_note,
    newest.coverage
from newest
cross join all_lines
where
    newest.supplier_iso3 = 'MEX'
    and newest.rank <= 3
    and newest.stage != 'end_form'
    and coalesce(newest.value_usd, 1e6) >= 1e6
order by
    newest.is_recommended desc,
    coalesce(newest.quantity_share, newest.value_share) desc nulls last,
    newest.mineral_id asc, newest.stage asc, newest.basis asc;
