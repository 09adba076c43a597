-- The middle weights of the minerals of a code sum to at most 1, without groups, and the bounds are in order.
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
