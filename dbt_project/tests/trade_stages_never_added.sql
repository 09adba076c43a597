-- A policy stage contains ore and concentrate or products made of them, never both, and only codes of its own
-- mineral. The stage mine has only ore codes, the other stages have none. Stages that count all forms of a
-- mineral are marked. The code of imported mattes may belong to another mineral.
select
    codes.mineral_id,
    codes.stage,
    codes.hs_code
from {{ ref('policy_stage_codes') }} as codes
left join {{ ref('dim_product') }} as product
    on
        codes.mineral_id = product.mineral_id
        and left(product.hs_code, length(codes.hs_code)) = codes.hs_code
where codes.stage not like '%_feed'
group by codes.mineral_id, codes.stage, codes.hs_code
having
    count(product.hs_code) = 0
    or (codes.stage = 'mine' and bool_or(product.stage != 'ore_concentrate'))
    or (codes.stage not in ('mine', 'all_forms') and bool_or(product.stage = 'ore_concentrate'))
