-- How far do Chinese unit values lie from those of the rest of the world, and on how many rows?
-- A gap above zero means that Chinese goods cost more per kilogram. A gap is stated only where each side has
-- at least six rows, with at least three origins other than China. Fewer rows are single lots and do not
-- show a market, nor do sales of less than a hundredth of the code's largest year and a million dollars
-- (core.fct_little_trade), however many lots they come in.
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
)

select
    area,
    hs_code,
    import_year,
    china_unit_value_usd_per_kg,
    rest_unit_value_usd_per_kg,
    case
        when coverage = 'ok'
            then round(100 * (china_unit_value_usd_per_kg / rest_unit_value_usd_per_kg - 1), 1)
    end as gap_pct,
    china_rows,
    rest_rows,
    rest_origins,
    if(has_estimated_weights, 'some are estimated', 'reported') as weights,
    coverage,
    source_ids
from judged
where china_unit_value_usd_per_kg is not null and rest_unit_value_usd_per_kg is not null
order by gap_pct is null, import_year desc, area asc, hs_code asc;
