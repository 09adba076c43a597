-- How does the total border adjustment of a floor change when the members of a bloc are exempt?
-- The floor is the mean price of 2019 to 2023, and the blocs are alternatives that are not added. Only
-- imports with a reported weight are compared with the floor; judged_share is their part of the value. In
-- years in which the bloc had no members, no origin is exempt.
select
    upper(regexp_extract(scenario_id, '_([a-z]+)_exempt$', 1)) as exempt_bloc,
    case regexp_extract(scenario_id, '_([a-z]+)_exempt$', 1)
        when 'msp' then 'the Minerals Security Partnership (MSP)'
        when 'forge' then 'FORGE, the successor of the Minerals Security Partnership'
        when 'usmca' then 'USMCA'
    end as exempt_bloc_name,
    area,
    mineral_id,
    year(period) as import_year,
    sum(unexempted_adjustment_usd) as without_exemption_usd,
    sum(border_adjustment_usd) as with_exemption_usd,
    sum(unexempted_adjustment_usd) - sum(border_adjustment_usd) as exempted_usd,
    round(sum(value_usd) filter (quantity_method = 'reported') / sum(value_usd), 3) as judged_share,
    sum(value_usd) filter (quantity_method != 'reported') as not_judged_usd,
    string_agg(distinct source_ids, ';' order by source_ids)
    filter (quantity_method = 'reported') as source_ids
from marts.price_floor
where scenario_id like '%exempt'
group by scenario_id, area, mineral_id, year(period)
having sum(unexempted_adjustment_usd) > 0
order by exempted_usd desc, exempt_bloc asc, area asc, mineral_id asc, import_year asc;
