-- Which minerals and stages does an area draw by more than half from China, directly or through a partner?
-- Only figures at most two years older than the newest ones count. Shares over four years are dated by their
-- last year.
with dated as (
    select
        *,
        year(period) + if(basis = 'usgs_four_years', 3, 0) as last_year
    from marts.import_sources
),

newest as (
    select *
    from dated
    qualify
        dense_rank() over (
            partition by area, mineral_id, stage, basis order by period desc, period_type desc
        ) = 1
        and last_year >= max(last_year) over () - 2
)

select
    area,
    mineral_id,
    stage,
    basis,
    period,
    last_year,
    any_value(if(quantity_share is not null, 'quantity', 'value')) as share_of,
    sum(coalesce(quantity_share, value_share)) filter (policy_iso3 = 'CHN') as direct_share,
    sum(indirect_low) as indirect_low_share,
    sum(indirect_high) as indirect_high_share,
    coalesce(direct_share, 0) + coalesce(indirect_low_share, 0) as china_share,
    coalesce(direct_share, 0) + coalesce(indirect_high_share, 0) as china_high_share,
    indirect_high_share is null as is_indirect_not_known,
    sum(value_usd) as value_usd,
    any_value(coverage) as coverage,
    bool_or(is_recommended) as is_recommended,
    any_value(quote_note) as quote_note
from newest
group by area, mineral_id, stage, basis, period, last_year
-- shares of a small flow are accidental
having china_share > 0.5 and coalesce(sum(value_usd), 1e6) >= 1e6
order by
    area asc,
    max(china_share) over (partition by area, mineral_id) desc,
    mineral_id asc,
    is_recommended desc,
    china_share desc,
    stage asc,
    basis asc;
