-- China's share of the value of imports (with Hong Kong's), directly and, by estimate, through partners
with partners as (
    select
        sources.mineral_id,
        sources.stage,
        sources.area,
        array_to_string(
            (list(countries.name order by sources.indirect_high desc, sources.supplier_iso3 asc)
            filter (sources.indirect_high >= 0.01))[:2],
            ', '
        ) as named
    from marts.import_sources as sources
    inner join core.dim_country as countries on sources.supplier_iso3 = countries.iso3
    where sources.basis = 'baci' and sources.mineral_id in (select unnest($minerals))
    group by sources.mineral_id, sources.stage, sources.area, sources.period
    qualify sources.period = max(sources.period) over (partition by sources.mineral_id, sources.stage)
)

select
    shares.mineral_id,
    stage,
    year,
    area_name as area,
    case
        when coverage = 'basket_allocated' then 'not separable: one code of several minerals'
        else concat(
            -- a small share is not shown as zero
            if(china_share between 0.0000001 and 0.005, '<1 %', printf('%.0f %%', 100 * china_share)),
            -- codes of BACI cover other goods, or customs state other values
            case
                when abs(china_share - china_share_by_customs) > 0.1
                    then printf('; disputed, US customs: %.0f %%', 100 * china_share_by_customs)
            end
        )
    end as direct,
    case
        when coverage = 'basket_allocated' then null
        when china_and_indirect_high_share between 0.0000001 and 0.005 then '<1 %'
        when round(100 * china_and_indirect_low_share) = round(100 * china_and_indirect_high_share)
            then printf('%.0f %%', 100 * china_and_indirect_low_share)
        when china_and_indirect_low_share between 0.0000001 and 0.005
            then printf('<1 to %.0f %%', 100 * china_and_indirect_high_share)
        else printf('%.0f to %.0f %%', 100 * china_and_indirect_low_share, 100 * china_and_indirect_high_share)
    end as direct_and_indirect,
    case when coverage != 'basket_allocated' then partners.named end as estimated_through,
    round(value_usd / 1e6, 1) as imports_usd_m
from compare_three_each($minerals) as shares
left join partners using (mineral_id, stage, area)
where value_usd is not null or coverage = 'basket_allocated'
order by shares.mineral_id, stage, list_position(['USA', 'CAN', 'MEX', 'USMCA'], area);
