-- A policy stage takes ore and concentrate or what is made of them, never both, and its codes are the
-- mineral's own: mine has ore codes only, the others have none. Stages that count all forms of a mineral say
-- so. Imported mattes may be another mineral's by their code.
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
