-- The weights of minerals that share a code add up to at most the weight of the code.
select
    product.nomenclature,
    product.hs_code,
    sum(product.weight_mid) as weight
from {{ ref('bridge_trade_product') }} as product
inner join {{ ref('dim_mineral') }} as mineral on product.mineral_id = mineral.mineral_id
where
    not product.is_allocation_only
    and (mineral.group_id is null or mineral.group_id = mineral.mineral_id)
group by product.nomenclature, product.hs_code
having sum(product.weight_mid) > 1 + 1e-6
