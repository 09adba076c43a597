-- The smallest set of partners contains no foreign entity of concern.
select
    mineral_id,
    partner_iso3,
    year
from {{ ref('partner_ranking') }}
where is_in_smallest_set and is_feoc
