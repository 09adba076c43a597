-- Which of the three is most exposed to China, by mineral and stage, directly and through a partner?
-- A code of several minerals is left out: its suppliers are those of none of them.
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
    where basis = 'baci' and area != 'USMCA' and coverage != 'basket_allocated'
    group by area, mineral_id, stage, period
    qualify period = max(period) over (partition by mineral_id, stage)
)

select
    mineral_id,
    stage,
    year(period) as year,
    arg_max(area, struct_pack(share := china_share, area := area)) as most_exposed,
    max(china_share) as most_exposed_china_share,
    max(china_share) filter (area = 'USA') as usa_china_share,
    max(china_share) filter (area = 'CAN') as can_china_share,
    max(china_share) filter (area = 'MEX') as mex_china_share,
    max(least(china_share + indirect_low, 1)) filter (area = 'USA') as usa_with_indirect_low_share,
    max(least(china_share + indirect_high, 1)) filter (area = 'USA') as usa_with_indirect_high_share,
    max(least(china_share + indirect_low, 1)) filter (area = 'CAN') as can_with_indirect_low_share,
    max(least(china_share + indirect_high, 1)) filter (area = 'CAN') as can_with_indirect_high_share,
    max(least(china_share + indirect_low, 1)) filter (area = 'MEX') as mex_with_indirect_low_share,
    max(least(china_share + indirect_high, 1)) filter (area = 'MEX') as mex_with_indirect_high_share,
    sum(value_usd) as value_usd
from exposure
group by mineral_id, stage, period
order by most_exposed_china_share desc, mineral_id asc, stage asc;
