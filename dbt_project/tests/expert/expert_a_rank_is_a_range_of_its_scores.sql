-- The printed range of a rank holds every place that the bounds of the scores allow: no mineral that may
-- score higher is left out above, and none that may score lower below.
select
    own.area,
    own.mineral_id,
    own.year,
    own.rank_low,
    own.rank_high
from {{ ref('vulnerability_scorecard') }} as own
inner join {{ ref('vulnerability_scorecard') }} as compared
    on own.area = compared.area and own.year = compared.year and own.mineral_id != compared.mineral_id
where own.rank is not null and compared.rank is not null
group by own.area, own.mineral_id, own.year, own.rank_low, own.rank_high, own.score_low, own.score_high
having
    own.rank_low > 1 + count(*) filter (where compared.score_low > own.score_high)
    or own.rank_high < 1 + count(*) filter (where compared.score_high > own.score_low)
