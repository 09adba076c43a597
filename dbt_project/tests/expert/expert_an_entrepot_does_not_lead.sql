-- The first-ranked partner is itself the origin of the goods that it would supply.
select
    mineral_id,
    partner_iso3,
    year,
    import_share,
    origin_share
from {{ ref('partner_ranking') }}
where rank = 1 and marginal_dependency_reduction_pp > 5 and coalesce(origin_share, 0) < 0.01
