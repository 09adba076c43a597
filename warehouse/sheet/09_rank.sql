-- Rank in the scorecard
-- the newest year in which the mineral is ranked
select
    mineral_id,
    area_name as area,
    year,
    rank,
    case when rank is null then 'not ranked' else concat(rank_low, ' to ', rank_high) end as rank_range,
    round(score, 1) as score,
    supplier_years,
    replace(replace(nullif(data_gaps, 'none'), '_', ' '), ';', '; ') as not_scored
from marts.vulnerability_scorecard
where mineral_id in (select unnest($minerals)) and year <= coalesce($year, year)
qualify row_number() over (partition by mineral_id, area order by rank is null, year desc) = 1
order by mineral_id, list_position(['USA', 'CAN', 'MEX', 'USMCA'], area);
