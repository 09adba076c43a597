-- China and the rest sell one good only where a kilogram costs up to three times as much of the one as of the
-- other.
select
    mineral_id,
    stage,
    period,
    china_to_rest_ratio
from {{ ref('market_distortion') }}
where china_to_rest_ratio not between 1 / 3.0 - 1e-9 and 3 + 1e-9
