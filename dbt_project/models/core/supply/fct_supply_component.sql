-- Printed figures that enter US net import reliance, in base units, each in the role that nir_basis gives it.
with rules as (
    select *
    from {{ rules_of_editions(ref('nir_basis'), ref('stg_usgs_mcs__salient')) }}
    where role != 'not_counted'
),

figures as (
    select
        salient.*,
        basis.basis_carried_from,
        basis.mineral_id,
        basis.basis,
        basis.role,
        basis.factor_low,
        basis.factor_high,
        units.base_unit,
        units.base_per_unit,
        salient.qualifier = 'NA' and basis.na_means = 'zero' as is_nothing
    from {{ ref('stg_usgs_mcs__salient') }} as salient
    inner join rules as basis
        on
            salient.edition = basis.edition
            and salient.commodity = basis.commodity
            and salient.statistic = basis.statistic
    inner join {{ ref('units') }} as units on salient.unit = units.unit
),

-- an edition under carried rules may print a row under another label: its figure is then unknown
years as (
    select
        edition,
        mineral_id,
        basis,
        year,
        max(base_unit) as base_unit,
        min(_archive_id) as archive_id
    from figures
    where basis_carried_from is not null and role != 'published_nir'
    group by edition, mineral_id, basis, year
),

not_found as (
    select
        years.*,
        rules.basis_carried_from,
        rules.role,
        rules.commodity,
        rules.statistic
    from rules
    inner join years
        on
            rules.edition = years.edition
            and rules.mineral_id = years.mineral_id
            and rules.basis = years.basis
    anti join {{ ref('stg_usgs_mcs__salient') }} as salient
        on
            rules.edition = salient.edition
            and rules.commodity = salient.commodity
            and rules.statistic = salient.statistic
    where rules.role not in ('published_nir', 'withheld_stock')
),

-- 's' is less than half a printed unit: 0 at the precision of the table
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
    basis_carried_from,
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
    true as is_printed,
    _archive_id as archive_id,
    -- a row that may count in part or not at all has bounds and no figure
    case when factor_low = factor_high then printed * factor_high * base_per_unit end as quantity,
    case when factor_low < 0 then high else low end * factor_low * base_per_unit as quantity_low,
    case when factor_low < 0 then low else high end * factor_high * base_per_unit as quantity_high
from bounded

union all

select
    'usgs_mcs' as source_id,
    edition,
    basis_carried_from,
    mineral_id,
    basis,
    year,
    role,
    commodity,
    statistic,
    null as value_text,
    'NA' as qualifier,
    null as unit,
    base_unit,
    false as is_estimated,
    false as is_corrected,
    false as is_printed,
    archive_id,
    null as quantity,
    0.0 as quantity_low,
    null as quantity_high
from not_found
