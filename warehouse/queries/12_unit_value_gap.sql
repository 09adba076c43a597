-- Are Chinese goods cheaper per kilogram than those of the rest of the world, and on how many records?
-- Compared are mean prices of imports, value by weight. A gap above zero means that Chinese goods cost more
-- per kilogram. A gap is stated only where each side has at least six records, with at least three origins
-- other than China. Fewer records are single lots and do not show a market. Nor do sales of less than a
-- hundredth of the code's largest year and a million dollars, however many lots they come in. The newest
-- three years with a gap come first; among them, cases on the side of most, the largest Chinese trade first.
with ranked as (
    select
        *,
        if(gap_pct is null, null, year > max(year) filter (gap_pct is not null) over () - 3) as is_recent,
        sign(gap_pct) = sign(sum(sign(gap_pct)) over ()) as is_of_most
    from marts.china_price_gap
),

named as (
    select
        products.hs_code,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as minerals_named
    from core.dim_product as products
    inner join core.dim_mineral as minerals on products.mineral_id = minerals.mineral_id
    where not products.is_allocation_only
    group by products.hs_code
)

select
    ranked.area,
    ranked.hs_code,
    ranked.year as import_year,
    ranked.china_unit_value_usd_per_kg,
    ranked.rest_unit_value_usd_per_kg,
    ranked.gap_pct,
    ranked.china_records,
    ranked.rest_records,
    nullif(ranked.months_held, 12) as months_of_the_year,
    if(ranked.is_weight_estimated, 'some are estimated', 'reported') as weights,
    named.minerals_named,
    ranked.quality_flag,
    ranked.source_ids
from ranked
left join named on ranked.hs_code = named.hs_code
order by
    ranked.gap_pct is null asc,
    ranked.is_recent desc,
    ranked.is_of_most desc,
    ranked.year desc,
    if(ranked.area = 'USA', 0, 1) asc,
    ranked.china_value_usd desc,
    ranked.hs_code asc,
    ranked.area asc;
