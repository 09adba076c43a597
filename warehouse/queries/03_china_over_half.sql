-- Which minerals and stages does an area draw by more than half from China, directly or through a partner?
-- Only figures at most two years older than the newest ones count. Shares over four years are dated by their
-- last year. Goods through a partner are counted by the partner's own imports from China, with bounds; where
-- the table does not allow it, china_high_share is empty. Codes of several minerals are left out, but for
-- magnets (end_form), which are the whole code 8505.11.
with dated as (
    select
        *,
        year(period) + if(basis = 'usgs_four_years', 3, 0) as last_year,
        case period_type
            when 'four_years' then concat(year(period), '-', year(period) + 3)
            when 'month' then strftime(period, '%Y-%m')
            else year(period)::varchar
        end as period_in_words
    from marts.import_sources
    where coverage != 'basket_allocated' or stage = 'end_form'
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
    period_in_words as period,
    any_value(if(quantity_share is not null, 'weight', 'value')) as share_of,
    sum(coalesce(quantity_share, value_share)) filter (policy_iso3 = 'CHN') as direct_share,
    coalesce(direct_share, 0) + coalesce(sum(indirect_low), 0) as china_share,
    coalesce(direct_share, 0) + sum(indirect_high) as china_high_share,
    sum(value_usd) as value_usd,
    any_value(quote_note) as quote_note,
    any_value(coverage) as coverage,
    string_agg(distinct source_id, ';' order by source_id) as source_ids
from newest
group by area, mineral_id, stage, basis, period_in_words
-- shares of a small flow are accidental
having china_share > 0.5 and coalesce(sum(value_usd), 1e6) >= 1e6
order by
    list_position(['USMCA', 'USA', 'CAN', 'MEX'], area) asc,
    max(china_share) over (partition by area, mineral_id) desc,
    mineral_id asc,
    bool_or(is_recommended) desc,
    china_share desc,
    stage asc,
    basis asc;
