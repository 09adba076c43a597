-- Are Chinese goods cheaper per kilogram than those of the rest of the world, and on how many records?
-- Compared are mean prices of imports, value by weight. A gap above zero means that Chinese goods cost more
-- per kilogram. A gap is stated only where each side has at least six records, with at least three origins
-- other than China. Fewer records are single lots and do not show a market. Nor do sales of less than a
-- hundredth of the code's largest year and a million dollars, however many lots they come in. The newest
-- three years with a gap come first; among them, cases on the side of most, the largest Chinese trade first.
with priced as (
    select
        area,
        hs_code,
        year(period) as import_year,
        origin_iso3,
        origin_iso3 in ('CHN', 'HKG', 'MAC') as is_china,
        value_usd,
        net_weight_kg,
        is_net_weight_estimated,
        source_id
    from core.fct_area_import
    where net_weight_kg > 0 and value_usd >= 2000
),

sides as (
    select
        area,
        hs_code,
        import_year,
        sum(value_usd) filter (is_china) as china_value_usd,
        sum(value_usd) filter (is_china) / sum(net_weight_kg) filter (is_china)
            as china_unit_value_usd_per_kg,
        sum(value_usd) filter (not is_china) / sum(net_weight_kg) filter (not is_china)
            as rest_unit_value_usd_per_kg,
        count(*) filter (is_china) as china_rows,
        count(*) filter (not is_china) as rest_rows,
        count(distinct origin_iso3) filter (not is_china) as rest_origins,
        bool_or(is_net_weight_estimated) as has_estimated_weights,
        string_agg(distinct source_id, ';' order by source_id) as source_ids
    from priced
    group by area, hs_code, import_year
),

judged as (
    select
        sides.*,
        case
            when sides.china_rows < 6 or sides.rest_rows < 6 or sides.rest_origins < 3 then 'too_few_rows'
            when little.origin_iso3 is not null then 'too_little_trade'
            else 'ok'
        end as coverage
    from sides
    left join core.fct_little_trade as little
        on
            sides.area = little.area
            and sides.hs_code = little.hs_code
            and sides.import_year = little.year
            and little.origin_iso3 = 'CHN'
),

gaps as (
    select
        *,
        case
            when coverage = 'ok'
                then round(100 * (china_unit_value_usd_per_kg / rest_unit_value_usd_per_kg - 1), 1)
        end as gap_pct
    from judged
    where china_unit_value_usd_per_kg is not null and rest_unit_value_usd_per_kg is not null
),

ranked as (
    select
        *,
        if(gap_pct is null, null, import_year > max(import_year) filter (gap_pct is not null) over () - 3)
            as is_recent,
        sign(gap_pct) = sign(sum(sign(gap_pct)) over ()) as is_of_most
    from gaps
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
    ranked.import_year,
    ranked.china_unit_value_usd_per_kg,
    ranked.rest_unit_value_usd_per_kg,
    ranked.gap_pct,
    ranked.china_rows,
    ranked.rest_rows,
    ranked.rest_origins,
    if(ranked.has_estimated_weights, 'some are estimated', 'reported') as weights,
    named.minerals_named,
    ranked.coverage,
    ranked.source_ids
from ranked
left join named on ranked.hs_code = named.hs_code
order by
    ranked.gap_pct is null asc,
    ranked.is_recent desc,
    ranked.is_of_most desc,
    ranked.import_year desc,
    if(ranked.area = 'USA', 0, 1) asc,
    ranked.china_value_usd desc,
    ranked.hs_code asc,
    ranked.area asc;
