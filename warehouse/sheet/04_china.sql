-- China's share of the value of imports, directly and through one partner
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
    round(value_usd / 1e6, 1) as imports_usd_m
from compare_three_each($minerals) as shares
where value_usd is not null or coverage = 'basket_allocated'
order by shares.mineral_id, stage, list_position(['USA', 'CAN', 'MEX', 'USMCA'], area);
