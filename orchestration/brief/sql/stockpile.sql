-- Published stocks in days of consumption, and the purchase needed for 90 days, in the newest year with
-- stocks, at the newest price.
select
    minerals.name as mineral,
    cover.year,
    round(cover.days_of_consumption, 1) as days_of_consumption,
    round(cover.industry_days_of_consumption, 1) as industry_days_of_consumption,
    round(cover.exchange_days_of_consumption, 1) as exchange_days_of_consumption,
    round(cover.days_of_net_imports, 1) as days_of_net_imports,
    round(cover.buy_t) as buy_for_90_days_t,
    cover.buy_cost_newest_usd as buy_for_90_days_usd,
    cover.newest_price_usd_per_kg,
    cover.newest_price_period,
    cover.industry_withheld or cover.government_withheld as is_withheld,
    cover.coverage
from marts.stockpile_cover as cover
inner join core.dim_mineral as minerals using (mineral_id)
where cover.target_days = 90 and cover.days_of_consumption is not null and minerals.is_critical
qualify row_number() over (partition by cover.mineral_id order by cover.year desc) = 1
order by days_of_consumption, mineral
