-- One row per mineral, critical or not, with its US lists.
with listed as (
    select
        mineral_id,
        bool_or(list_id = 'us_2022') as on_us_2022,
        bool_or(list_id = 'us_2025') as on_us_2025,
        bool_or(list_id = 'ca_2024') as on_ca_2024
    from {{ ref('mineral_lists') }}
    group by mineral_id
)

select
    minerals.mineral_id,
    minerals.name,
    minerals.element,
    minerals.group_id,
    minerals.tier,
    minerals.content_basis,
    minerals.allocation_only as is_allocation_only,
    minerals.is_adjacent,
    minerals.note,
    coalesce(listed.on_us_2022, false) as on_us_2022,
    coalesce(listed.on_us_2025, false) as on_us_2025,
    coalesce(listed.on_ca_2024, false) as on_ca_2024,
    coalesce(listed.on_us_2025, false) as is_critical
from {{ ref('minerals') }} as minerals
left join listed on minerals.mineral_id = listed.mineral_id
