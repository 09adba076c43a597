-- Which minerals of the list of 2025 have no tariff line of their own, so that trade cannot measure them?
select
    minerals.mineral_id,
    minerals.name,
    count(products.hs_code) as codes,
    count(*) filter (not products.is_allocation_only and products.weight_low > 0.9) as own_codes,
    max(products.weight_high) as largest_weight
from core.dim_mineral as minerals
left join core.dim_product as products on minerals.mineral_id = products.mineral_id
where minerals.on_us_2025
group by minerals.mineral_id, minerals.name
having own_codes = 0
order by codes, minerals.mineral_id;
