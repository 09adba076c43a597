-- Where a tariff code covers several minerals, how wide is the estimate of each?
-- Figures are for the newest year of each code in US customs data. A mineral's part of the value lies between
-- low and high; the parts of one code cannot exceed its value together.
with codes as (
    select
        bridge.mineral_id,
        bridge.stage,
        trade.hs_code,
        year(trade.period) as year,
        sum(trade.value_usd) as code_value_usd,
        round(sum(trade.value_usd) * min(bridge.weight_low)) as value_low_usd,
        round(sum(trade.value_usd) * min(bridge.weight_mid)) as value_mid_usd,
        round(sum(trade.value_usd) * min(bridge.weight_high)) as value_high_usd,
        any_value(trade.source_id) as source_ids
    from core.fct_trade as trade
    inner join core.bridge_trade_product as bridge
        on
            trade.hs_code = bridge.hs_code
            and trade.nomenclature = bridge.nomenclature
            and trade.period between bridge.valid_from and coalesce(bridge.valid_to, date '9999-12-31')
    where
        trade.source_id = 'census_api'
        and trade.flow = 'import'
        and bridge.weight_low < bridge.weight_high
    group by bridge.mineral_id, bridge.stage, trade.hs_code, trade.period
    qualify dense_rank() over (partition by trade.hs_code order by trade.period desc) = 1
),

shared as (
    select
        codes.hs_code,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as minerals_of_the_code
    from codes
    inner join core.dim_mineral as minerals on codes.mineral_id = minerals.mineral_id
    group by codes.hs_code
)

select
    codes.mineral_id,
    codes.stage,
    codes.hs_code,
    codes.year,
    codes.code_value_usd,
    codes.value_low_usd,
    codes.value_mid_usd,
    codes.value_high_usd,
    shared.minerals_of_the_code,
    codes.source_ids
from codes
inner join shared on codes.hs_code = shared.hs_code
order by codes.value_high_usd - codes.value_low_usd desc, codes.hs_code asc, codes.mineral_id asc;
