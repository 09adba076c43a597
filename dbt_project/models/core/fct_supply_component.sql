-- Printed figures that enter US net import reliance, in base units, each in the role that nir_basis gives it.
with figures as (
    select
        salient.*,
        basis.mineral_id,
        basis.basis,
        basis.role,
        basis.factor_low,
        basis.factor_high,
        units.base_unit,
        units.base_per_unit,
        salient.qualifier = 'NA' and basis.na_means = 'zero' as is_nothing
    from {{ ref('stg_usgs_mcs__salient') }} as salient
    inner join {{ ref('nir_basis') }} as basis
        on
            salient.edition = basis.edition
            and salient.commodity = basis.commodity
            and salient.statistic = basis.statistic
    inner join {{ ref('units') }} as units on salient.unit = units.unit
    where basis.role != 'not_counted'
),

-- 's' is less than half a printed unit: nothing, to the accuracy of the table
bounded as (
    select
        *,
        case when qualifier = 's' or is_nothing then 0 else value end as printed,
        case
            when is_nothing then 0
            when role = 'published_nir' then value_low
            else coalesce(value_low, 0)
        end as low,
        case
            when is_nothing then 0
            when qualifier = 's' then coalesce(value_high, 0.5)
            else value_high
        end as high
    from figures
)

select
    'usgs_mcs' as source_id,
    edition,
    mineral_id,
    basis,
    year,
    role,
    commodity,
    statistic,
    value_text,
    qualifier,
    unit,
    base_unit,
    is_estimated,
    is_corrected,
    _archive_id as archive_id,
    -- a row that may count in part or not at all has bounds and no figure
    case when factor_low = factor_high then printed * factor_high * base_per_unit end as quantity,
    case when factor_low < 0 then high else low end * factor_low * base_per_unit as quantity_low,
    case when factor_low < 0 then low else high end * factor_high * base_per_unit as quantity_high
from bounded
