-- No partner has a rank if none can reduce the dependency.
select
    mineral_id,
    partner_iso3,
    year,
    rank
from {{ ref('partner_ranking') }}
where rank is not null and (reduction_high_pp = 0 or is_feoc)
