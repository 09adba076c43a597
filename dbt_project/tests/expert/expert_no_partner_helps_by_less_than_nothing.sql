-- The reduction of a dependency by a partner is between zero and the full dependency.
select
    mineral_id,
    partner_iso3,
    year
from {{ ref('partner_ranking') }}
where
    marginal_dependency_reduction_pp > dependency_without_partners_pct + 1e-6
    or marginal_dependency_reduction_pp < -1e-6
