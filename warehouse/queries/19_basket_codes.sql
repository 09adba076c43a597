-- Where a tariff code covers several minerals, how wide is the estimate of each?
select
    bridge.mineral_id,
    bridge.stage,
    trade.hs_code,
    trade.period,
    sum(trade.value_usd) as code_value_usd,
    round(sum(trade.value_usd) * min(bridge.weight_low)) as value_low_usd,
    round(sum(trade.value_usd) * min(bridge.weight_mid)) as value_mid_usd,
    round(sum(trade.value_usd) * min(bridge.weight_high)) as value_high_usd
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
order by value_high_usd - value_low_usd desc, trade.hs_code asc, bridge.mineral_id asc;
