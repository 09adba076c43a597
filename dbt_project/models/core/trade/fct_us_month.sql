-- US general imports by month for lines with both Chinese and World totals: China, and the rest of the World
-- as their difference.
with months as (
    select
        hs_code,
        nomenclature,
        period,
        max(general_value_usd) filter (where partner_iso3 = 'WLD') as world_usd,
        max(net_weight_kg) filter (where partner_iso3 = 'WLD') as world_kg,
        max(general_value_usd) filter (where partner_iso3 = 'CHN') as china_usd,
        max(net_weight_kg) filter (where partner_iso3 = 'CHN') as stated_china_kg,
        max(quality_flag) as quality_flag,
        min(archive_id) as archive_id
    from {{ ref('fct_trade') }}
    where source_id = 'census_months' and flow = 'import'
    group by hs_code, nomenclature, period
),

-- a line without a Chinese figure gives no row; zero imports from China have zero weight
parts as (
    select
        *,
        case when china_usd = 0 then 0 else stated_china_kg end as china_kg,
        -- the difference to a withheld weight is not a weight
        case
            when china_usd = 0 then world_kg
            when stated_china_kg <= world_kg then world_kg - stated_china_kg
        end as rest_kg
    from months
    where china_usd is not null
)

select
    parts.hs_code,
    left(parts.hs_code, 6) as hs6,
    parts.nomenclature,
    parts.period,
    sides.is_china,
    case when sides.is_china then parts.china_usd else parts.world_usd - parts.china_usd end::bigint
        as value_usd,
    case when sides.is_china then parts.china_kg else parts.rest_kg end as net_weight_kg,
    parts.quality_flag,
    'census_months' as source_id,
    parts.archive_id
from parts
cross join (values (true), (false)) as sides (is_china)
