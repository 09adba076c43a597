-- Possible levels of a floor by method, side by side: no method is the right one, and they are never
-- averaged.
select
    mineral_id,
    stage,
    price_basis,
    area,
    {{ area_name('area') }} as area_name,
    method,
    {{ rounded('usd_per_kg', 6) }} as usd_per_kg,
    {{ rounded('low_usd_per_kg', 6) }} as low_usd_per_kg,
    {{ rounded('high_usd_per_kg', 6) }} as high_usd_per_kg,
    n,
    n_of,
    window_from,
    window_to,
    contained_element,
    reference_price_usd_per_kg,
    current_period,
    current_period_type,
    case
        when method != 'china_discount'
            then {{ rounded(unit_value('usd_per_kg', 'reference_price_usd_per_kg'), 6) }}
    end as ratio_to_current,
    {{ rounded('would_have_bound_pct', 6) }} as would_have_bound_pct,
    coalesce(
        nullif(
            concat_ws(
                ';',
                case when is_thin then 'thin' end,
                case when reference_price_usd_per_kg is null then 'no_current_price' end,
                case when method = 'china_discount' then 'a_difference_and_no_level' end,
                case when is_several_goods then 'several_goods_in_one_code' end
            ),
            ''
        ),
        'ok'
    ) as quality_flag,
    source_ids,
    archive_id
from {{ ref('fct_floor_method') }}
