-- Six-digit codes within headings of the bridge that first appear in the last twelve months held and that the
-- bridge lacks. After a revision of the Harmonized System a mineral may continue under such a code.
{{ config(severity='warn') }}

with stated as (
    select
        'census_bulk' as source_id,
        left(hts10, 6) as hs6,
        period,
        consumption_value_usd::double as stated_value
    from {{ ref('stg_census_bulk__imports') }}
    union all
    select
        'statcan_cimt' as source_id,
        left(hs_code, 6) as hs6,
        period,
        stated_value_cad::double as stated_value
    from {{ ref('stg_statcan_cimt__trade') }}
    where flow_code = 'import'
),

codes as (
    select
        source_id,
        hs6,
        min(period) as first_month,
        sum(stated_value) as stated_value
    from stated
    group by source_id, hs6
),

held as (
    select
        source_id,
        min(period) as first_held,
        max(period) as last_held
    from stated
    group by source_id
)

select
    codes.source_id,
    codes.hs6,
    codes.first_month,
    codes.stated_value
from codes
inner join held on codes.source_id = held.source_id
left join {{ ref('dim_product') }} as product
    on left(product.hs_code, least(6, product.hs_digits)) = left(codes.hs6, least(6, product.hs_digits))
where
    product.hs_code is null
    and codes.first_month > held.first_held
    and codes.first_month > held.last_held - interval 12 month
    and codes.stated_value >= 100000
