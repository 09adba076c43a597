-- Chinese and other goods count as the same good only if their values per kilogram differ by a factor of at
-- most three.
select
    mineral_id,
    stage,
    period,
    china_to_rest_ratio
from {{ ref('market_distortion') }}
where china_to_rest_ratio not between 1 / 3.0 - 1e-9 and 3 + 1e-9
