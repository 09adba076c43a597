-- Mineral content of finished products by tariff line, where a source states it.
select
    product_code,
    mineral_id,
    priced_as,
    price_stage,
    price_basis,
    content_low,
    content_mid,
    content_high,
    floor_kg_per_kg_content,
    citation,
    note
from {{ ref('product_content') }}
