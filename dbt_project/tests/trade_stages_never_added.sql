-- A perimeter takes ore and concentrate or what is made of them, not both with the output of one of them
-- alone: mine_stage has ore lines only, refined_stage has none, and the output of a mine enters no refined
-- perimeter.
select
    netting.mineral_id,
    netting.basis,
    netting.hs_code
from {{ ref('bloc_netting') }} as netting
inner join {{ ref('dim_product') }} as product
    on netting.mineral_id = product.mineral_id and netting.hs_code = product.hs_code
where
    (netting.basis = 'mine_stage' and product.stage != 'ore_concentrate')
    or (netting.basis = 'refined_stage' and product.stage = 'ore_concentrate')
    or (netting.basis = 'refined_stage' and netting.production_stage = 'ore_concentrate')
    or (netting.basis != 'refined_stage' and netting.production_stage is distinct from 'ore_concentrate')
