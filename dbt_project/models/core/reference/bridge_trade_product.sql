-- Minerals of each code found in trade. The longest bridge code that is a prefix of the trade code decides,
-- so that a specific line does not get the weights of its basket. A group such as the rare earths appears
-- next to its members. Codes agree between countries to six digits only, and finer bridge codes are lines of
-- the HTS.
with trade_codes as (
    select distinct
        hs_code,
        nomenclature
    from {{ ref('stg_trade__line') }}
),

candidates as (
    select
        trade_codes.hs_code,
        trade_codes.nomenclature,
        product.mineral_id,
        product.stage,
        product.hs_code as bridge_code,
        product.hs_digits,
        product.contained_element,
        product.content_factor,
        product.specificity,
        product.weight_low,
        product.weight_mid,
        product.weight_high,
        product.weight_basis,
        product.valid_from,
        product.valid_to,
        product.is_group,
        product.is_allocation_only
    from trade_codes
    inner join {{ ref('dim_product') }} as product
        on
            left(trade_codes.hs_code, product.hs_digits) = product.hs_code
            and (product.hs_digits <= 6 or trade_codes.nomenclature = 'HTS')
),

lines as (
    select
        *,
        max(hs_digits) over line as line_digits,
        -- the shortest code that covers exactly these goods: sources with finer and with coarser lines share
        -- it
        coalesce(
            min(case when weight_mid > 0.9 and not is_allocation_only then bridge_code end) over line,
            max(bridge_code) over line
        ) as goods_code
    from candidates
    window line as (partition by hs_code, nomenclature)
),

nearest as (
    select *
    from lines
    qualify rank() over (partition by hs_code, nomenclature, is_group order by hs_digits desc) = 1
),

-- the minerals of the line by the longest matching code
named as (
    select distinct
        lines.hs_code,
        lines.nomenclature,
        minerals.group_id
    from lines
    inner join {{ ref('dim_mineral') }} as minerals on lines.mineral_id = minerals.mineral_id
    where lines.hs_digits = lines.line_digits
)

select
    nearest.hs_code,
    nearest.nomenclature,
    nearest.mineral_id,
    nearest.stage,
    nearest.bridge_code,
    nearest.goods_code,
    nearest.contained_element,
    nearest.content_factor,
    nearest.specificity,
    nearest.weight_low,
    nearest.weight_mid,
    nearest.weight_high,
    nearest.valid_from,
    nearest.valid_to,
    nearest.is_group,
    nearest.is_allocation_only
from nearest
inner join {{ ref('dim_mineral') }} as minerals on nearest.mineral_id = minerals.mineral_id
-- a group is kept only next to its own members: uranium ore and rare earths share a heading but nothing else
semi join named
    on
        nearest.hs_code = named.hs_code
        and nearest.nomenclature is not distinct from named.nomenclature
        and minerals.group_id = named.group_id
-- a weight derived from the named US lines of a basket does not apply to its other lines
where not (
    nearest.weight_basis like 'us_import_value%'
    and nearest.nomenclature = 'HTS'
    and length(nearest.hs_code) > nearest.hs_digits
    and not (nearest.is_group and nearest.weight_low > 0)
)
-- a line that is described as something else does not inherit from the code above it
and nearest.specificity is distinct from 'none'
