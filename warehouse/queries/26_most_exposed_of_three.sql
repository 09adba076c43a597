-- Which of the three is most exposed to China, by mineral and stage, directly and through a partner?
-- Codes of several minerals are left out, since their suppliers cannot be assigned to one mineral; magnets
-- (finished goods) have the suppliers of the whole code 8505.11. No country is named below one percent, nor
-- where US customs state a share that is ten points apart or would make the United States the first. Goods
-- through partners are estimated from the partner's own imports from China and its output; the partner with
-- the most is named if it adds a percent.
with exposure as (
    select
        sources.area,
        sources.mineral_id,
        sources.stage,
        sources.period,
        sum(sources.value_usd) as value_usd,
        round(coalesce(sum(sources.value_share) filter (sources.policy_iso3 = 'CHN'), 0), 9) as china_share,
        round(coalesce(sum(sources.indirect_low), 0), 9) as indirect_low,
        round(coalesce(sum(sources.indirect_high), 0), 9) as indirect_high,
        arg_max(countries.name, sources.indirect_high) filter (sources.indirect_high >= 0.01) as partner,
        any_value(sources.source_id) as source_id
    from marts.import_sources as sources
    left join core.dim_country as countries on sources.supplier_iso3 = countries.iso3
    where
        sources.basis = 'baci'
        and sources.area != 'USMCA'
        and (sources.coverage != 'basket_allocated' or sources.stage = 'end_form')
    group by sources.area, sources.mineral_id, sources.stage, sources.period
    qualify sources.period = max(sources.period) over ()
),

-- the same share by US customs; where it differs widely, BACI lacks codes of the stage
by_customs as (
    select
        mineral_id,
        stage,
        period,
        round(coalesce(sum(value_share) filter (policy_iso3 = 'CHN'), 0), 9) as china_share
    from marts.import_sources
    where basis = 'customs_value' and period_type = 'year' and area = 'USA'
    group by mineral_id, stage, period
),

compared as (
    select
        exposure.mineral_id,
        exposure.stage,
        year(exposure.period) as year,
        arg_max(exposure.area, struct_pack(share := exposure.china_share, area := exposure.area))
            as first_area,
        max(exposure.china_share) as most_exposed_china_share,
        max(exposure.china_share) filter (exposure.area = 'USA') as usa_china_share,
        max(exposure.china_share) filter (exposure.area = 'CAN') as can_china_share,
        max(exposure.china_share) filter (exposure.area = 'MEX') as mex_china_share,
        string_agg(
            concat(
                case exposure.area when 'USA' then 'United States' when 'CAN' then 'Canada' else 'Mexico' end,
                ' ',
                case
                    when exposure.indirect_high - exposure.indirect_low < 0.0005
                        then printf('%.1f %%', 100 * least(exposure.china_share + exposure.indirect_low, 1))
                    else printf(
                        '%.1f to %.1f %%',
                        100 * least(exposure.china_share + exposure.indirect_low, 1),
                        100 * least(exposure.china_share + exposure.indirect_high, 1)
                    )
                end,
                ' (largest partner: ' || exposure.partner || ')'
            ), ', ' order by list_position(['USA', 'CAN', 'MEX'], exposure.area)
        ) as estimate_with_goods_through_partners,
        sum(exposure.value_usd) as value_usd,
        max(by_customs.china_share) as usa_china_share_by_customs,
        case
            when abs(usa_china_share - usa_china_share_by_customs) > 0.1
                then 'US customs differ by more than ten points'
            when first_area != 'USA' and usa_china_share_by_customs > most_exposed_china_share
                then 'by US customs, the share of the United States is larger'
        end as remark,
        string_agg(distinct exposure.source_id, ';' order by exposure.source_id) as source_ids
    from exposure
    left join by_customs
        on
            exposure.mineral_id = by_customs.mineral_id
            and exposure.stage = by_customs.stage
            and exposure.period = by_customs.period
    group by exposure.mineral_id, exposure.stage, exposure.period
)

select
    mineral_id,
    stage,
    year,
    case when most_exposed_china_share >= 0.01 and remark is null then first_area end as most_exposed,
    most_exposed_china_share,
    usa_china_share,
    can_china_share,
    mex_china_share,
    estimate_with_goods_through_partners,
    value_usd,
    usa_china_share_by_customs,
    remark,
    source_ids
from compared
order by remark is not null asc, most_exposed_china_share desc, mineral_id asc, stage asc;
