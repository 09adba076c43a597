-- Which minerals of the list of 2025 have no tariff line of their own, so that trade cannot measure them?
-- The list is that of the US Geological Survey of 2025; minerals_on_the_list is their number. A line is a
-- mineral's own if nothing else is in it. The minerals that share its codes are named, and may not be on the
-- list.
with listed as (
    select
        mineral_id,
        count(*) over () as minerals_on_the_list
    from core.dim_mineral
    where on_us_2025
),

codes as (
    select
        listed.mineral_id,
        listed.minerals_on_the_list,
        products.hs_code,
        products.description,
        not products.is_allocation_only and products.weight_low > 0.9 as is_own
    from listed
    left join core.dim_product as products on listed.mineral_id = products.mineral_id
),

without_own as (
    select
        mineral_id,
        minerals_on_the_list,
        count(distinct hs_code) as codes,
        string_agg(distinct hs_code, ', ' order by hs_code) as code_list,
        string_agg(distinct description, '; ' order by description) as goods
    from codes
    group by mineral_id, minerals_on_the_list
    having count(*) filter (is_own) = 0
),

shared as (
    select
        codes.mineral_id,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as shares_them_with
    from codes
    inner join core.dim_product as sharing
        on codes.hs_code = sharing.hs_code and codes.mineral_id != sharing.mineral_id
    inner join core.dim_mineral as minerals on sharing.mineral_id = minerals.mineral_id
    group by codes.mineral_id
)

select
    without_own.mineral_id,
    if(without_own.codes = 0, 'no tariff code at all', 'its codes also cover other minerals') as finding,
    without_own.codes,
    without_own.code_list,
    without_own.goods,
    shared.shares_them_with,
    count(*) over () as minerals_without_a_line,
    without_own.minerals_on_the_list
from without_own
left join shared on without_own.mineral_id = shared.mineral_id
order by without_own.codes, without_own.mineral_id;
