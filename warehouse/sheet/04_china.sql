-- China's share of imports, directly and with what comes through one partner
select
    stage,
    year,
    area_name as area,
    printf('%.0f %%', 100 * china_share) as direct,
    case
        when china_and_indirect_low_share = china_and_indirect_high_share
            then printf('%.0f %%', 100 * china_and_indirect_low_share)
        else printf('%.0f to %.0f %%', 100 * china_and_indirect_low_share, 100 * china_and_indirect_high_share)
    end as direct_and_indirect,
    round(value_usd / 1e6, 1) as imports_usd_m
from compare_three($mineral)
where value_usd is not null and coverage != 'basket_allocated';
