-- Which of the three is most exposed to China, by mineral and stage, directly and through a partner?
-- Codes of several minerals are left out, since their suppliers cannot be assigned to one mineral; magnets
-- (end_form) stand as the whole code 8505.11 by its suppliers. Below one percent nobody is named.
with exposure as (
    select
        area,
        mineral_id,
        stage,
        period,
        sum(value_usd) as value_usd,
        round(coalesce(sum(value_share) filter (policy_iso3 = 'CHN'), 0), 9) as china_share,
        round(coalesce(sum(indirect_low), 0), 9) as indirect_low,
        round(coalesce(sum(indirect_high), 0), 9) as indirect_high
    from marts.import_sources
    where basis = 'baci' and area != 'USMCA' and (coverage != 'basket_allocated' or stage = 'end_form')
    group by area, mineral_id, stage, period
    qualify period = max(period) over (partition by mineral_id, stage)
),

-- the same share by US customs; where it differs widely, BACI lacks codes of the stage
by_customs as (
    select
        mineral_id,
        stage,
        period,
        round(coalesce(sum(value_share) filter (policy_iso3 = 'CHN'), 0), 9) as china_share
    from marts.import_sources
    where basis = 'customs_value' and area = 'USA'
    group by mineral_id, stage, period
)

select
    exposure.mineral_id,
    exposure.stage,
    year(exposure.period) as year,
    case
        when max(exposure.china_share) >= 0.01
            then arg_max(exposure.area, struct_pack(share := exposure.china_share, area := exposure.area))
    end as most_exposed,
    max(exposure.china_share) as most_exposed_china_share,
    max(exposure.china_share) filter (exposure.area = 'USA') as usa_china_share,
    max(exposure.china_share) filter (exposure.area = 'CAN') as can_china_share,
    max(exposure.china_share) filter (exposure.area = 'MEX') as mex_china_share,
    max(least(exposure.china_share + exposure.indirect_low, 1)) filter (exposure.area = 'USA')
        as usa_with_indirect_low_share,
    max(least(exposure.china_share + exposure.indirect_high, 1)) filter (exposure.area = 'USA')
        as usa_with_indirect_high_share,
    max(least(exposure.china_share + exposure.indirect_low, 1)) filter (exposure.area = 'CAN')
        as can_with_indirect_low_share,
    max(least(exposure.china_share + exposure.indirect_high, 1)) filter (exposure.area = 'CAN')
        as can_with_indirect_high_share,
    max(least(exposure.china_share + exposure.indirect_low, 1)) filter (exposure.area = 'MEX')
        as mex_with_indirect_low_share,
    max(least(exposure.china_share + exposure.indirect_high, 1)) filter (exposure.area = 'MEX')
        as mex_with_indirect_high_share,
    sum(exposure.value_usd) as value_usd,
    max(by_customs.china_share) as usa_china_share_by_customs,
    coalesce(
        abs(max(exposure.china_share) filter (exposure.area = 'USA') - max(by_customs.china_share)) > 0.1,
        false
    ) as is_disputed_by_customs
from exposure
left join by_customs
    on
        exposure.mineral_id = by_customs.mineral_id
        and exposure.stage = by_customs.stage
        and exposure.period = by_customs.period
group by exposure.mineral_id, exposure.stage, exposure.period
order by
    is_disputed_by_customs asc, most_exposed_china_share desc, exposure.mineral_id asc, exposure.stage asc;
