-- Which minerals a code found in trade carries. The longest bridge code that begins the trade code decides,
-- so that a specific line is not weighed as its basket; a group such as the rare earths stands beside its
-- members. Nations share a code to its sixth digit: finer codes of the bridge are lines of the HTS.
with trade_codes as (
    select
        hts10 as hs_code,
        'HTS' as nomenclature
    from {{ ref('stg_census_api__imports_annual') }}
    union
    select
        hts10 as hs_code,
        'HTS' as nomenclature
    from {{ ref('stg_census_bulk__imports') }}
    union
    select
        hts10 as hs_code,
        'HTS' as nomenclature
    from {{ ref('stg_usitc_dataweb__usmca_monthly') }}
    union
    select
        schedule_b as hs_code,
        'Schedule B' as nomenclature
    from {{ ref('stg_census_bulk__exports') }}
    union
    select
        hs_code,
        'CIMT' as nomenclature
    from {{ ref('stg_statcan_cimt__trade') }}
    union
    select
        hs_code,
        nomenclature
    from {{ ref('stg_comtrade__trade') }}
    union
    select
        hs_code,
        nomenclature
    from {{ ref('stg_cepii_baci__trade') }}
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

nearest as (
    select *
    from candidates
    qualify rank() over (partition by hs_code, nomenclature, is_group order by hs_digits desc) = 1
)

select
    hs_code,
    nomenclature,
    mineral_id,
    stage,
    bridge_code,
    contained_element,
    content_factor,
    specificity,
    weight_low,
    weight_mid,
    weight_high,
    valid_from,
    valid_to,
    is_group,
    is_allocation_only
from nearest
-- a weight measured on the US lines of a basket does not hold for the one line that none of them names
where not (
    weight_basis like 'us_import_value%'
    and nomenclature = 'HTS'
    and length(hs_code) > hs_digits
    and not is_group
)
-- a line that says it is something else is not what lies above it
and specificity is distinct from 'none'
