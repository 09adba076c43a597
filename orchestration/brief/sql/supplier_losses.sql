-- Each supplier of the USA lost in turn: customs value of the critical minerals that would be short.
select
    country.name as supplier,
    losses.year,
    any_value(losses.supplier_shortfall_usd) as shortfall_usd,
    round(any_value(losses.supplier_shortfall_usd) / 1e9, 2) as shortfall_bn_usd,
    count(*) filter (where losses.is_in_supplier_total and losses.shortfall_usd > 0) as minerals_short
from marts.disruption_scenario as losses
inner join core.dim_country as country on losses.lost_supplier_iso3 = country.iso3
where losses.scenario_id = 'usa_embargo'
group by country.name, losses.year
qualify losses.year = max(losses.year) over ()
order by shortfall_usd desc, supplier
limit 10
