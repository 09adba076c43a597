-- From whom, by area: the shares to quote first, then how the others differ from them
with newest as (
    select
        *,
        period = max(period) over (partition by mineral_id, area, stage, basis) as is_newest
    from marts.import_sources
    where mineral_id in (select unnest($minerals)) and period_type != 'month' and year(period) <= coalesce($year, year(period))
),

-- for each stage, every basis with the newest year; BACI only if customs has no figures for that year
held as (
    select *
    from newest
    where is_newest
    qualify
        basis != 'baci'
        or is_recommended
        or not bool_or(basis = 'customs_value') over (partition by mineral_id, area, stage, period)
),

disputed as (
    select
        mineral_id,
        stage,
        year,
        china_share_by_customs as by_customs
    from compare_three_each($minerals)
    where abs(china_share - china_share_by_customs) > 0.1 and coverage != 'basket_allocated'
)

select
    held.mineral_id,
    held.area_name as area,
    held.stage,
    concat(year(any_value(period)), if(any_value(basis) = 'usgs_four_years', '-' || (year(any_value(period)) + 3), ''))
        as years,
    string_agg(
        concat(
            coalesce(countries.name, 'others'),
            case
                -- a share just below 100 percent is not shown as all, nor a small one as zero
                when coalesce(quantity_share, value_share) between 0.995 and 0.9999999 then ' >99 %'
                when coalesce(quantity_share, value_share) between 0.0000001 and 0.005 then ' <1 %'
                else coalesce(printf(' %.0f %%', 100 * coalesce(quantity_share, value_share)), '')
            end
        ), ', '
        order by held.rank, held.supplier_iso3
    ) filter (held.rank <= 5 or held.supplier_iso3 = 'ZZZ') as largest_first,
    -- who may refine or pass on what others make
    string_agg(countries.name, ', ' order by held.rank)
        filter (held.rank <= 5 and held.supplier_output = 'not_listed') as no_output_listed_of,
    if(count(quantity_share) > 0, 'weight', 'value') as shares_by,
    round(sum(value_usd) / 1e6, 2) as imports_usd_m,
    concat(
        if(bool_or(is_recommended), 'quote: ', ''),
        any_value(quote_note),
        -- codes of BACI cover other goods, or customs state other values
        printf(
            '; disputed, US customs: %.0f %% of the value of US imports is from China',
            100 * any_value(disputed.by_customs)
        )
    ) as which_to_quote
from held
left join disputed
    on
        held.basis = 'baci'
        and held.mineral_id = disputed.mineral_id
        and held.stage = disputed.stage
        and held.area in ('USA', 'USMCA')
        and year(held.period) = disputed.year
left join core.dim_country as countries on held.supplier_iso3 = countries.iso3 and held.supplier_iso3 != 'ZZZ'
group by held.mineral_id, held.area, held.area_name, held.stage, held.basis
order by
    held.mineral_id,
    list_position(['USA', 'CAN', 'MEX', 'USMCA'], held.area),
    bool_or(held.is_recommended) desc,
    held.stage,
    max(held.period) desc;
