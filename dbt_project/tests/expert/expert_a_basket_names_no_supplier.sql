-- A code that may contain none of a mineral does not show who supplies it. Gallium and indium share such a
-- code.
select
    dependency.area,
    dependency.mineral_id,
    dependency.year,
    dependency.top_supplier_iso3
from {{ ref('import_dependency') }} as dependency
inner join {{ ref('policy_stage_codes') }} as codes
    on dependency.mineral_id = codes.mineral_id and dependency.basis = codes.stage || '_stage'
where
    codes.factor_low = 0
    and dependency.top_supplier_iso3 is not null
    and dependency.supplier_period = dependency.year::string
