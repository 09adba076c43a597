-- Policy stage of each mineral, with the stages of the supplier tables that its tariff codes belong to. A
-- basket may contain none of the mineral, so the suppliers of the basket need not be those of the mineral.
with lines as (
    select
        codes.mineral_id,
        codes.stage,
        product.stage as line_stage,
        min(codes.factor_low) as factor_low
    from {{ ref('policy_stage_codes') }} as codes
    inner join {{ ref('dim_product') }} as product
        on codes.mineral_id = product.mineral_id and codes.hs_code = product.hs_code
    group by codes.mineral_id, codes.stage, product.stage
)

select
    staged.mineral_id,
    staged.stage as policy_stage,
    lines.line_stage,
    staged.role,
    count(lines.line_stage) over (partition by staged.mineral_id, staged.stage) = 1 as is_only_line_stage,
    min(lines.factor_low) over (partition by staged.mineral_id, staged.stage) = 0 as is_basket,
    staged.reason,
    staged.source
from {{ ref('policy_stage') }} as staged
left join lines on staged.mineral_id = lines.mineral_id and staged.stage = lines.stage
