-- Over the minerals of a code, groups apart, middle weights sum to 1 at most, and bounds stand in order.
select
    hs_code,
    nomenclature,
    sum(weight_mid) as weight_mid
from {{ ref('bridge_trade_product') }}
where not is_group and valid_to is null
group by hs_code, nomenclature
having
    sum(weight_mid) > 1 + 1e-9
    or bool_or(weight_low > weight_mid or weight_mid > weight_high or weight_high > 1)
