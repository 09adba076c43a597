-- An element is restricted only by a control that names it and is known to be in force: cerium is under no
-- Chinese licence although its group is, and erbium's licence was suspended.
select
    exposure.mineral_id,
    exposure.measured_as,
    exposure.area,
    exposure.restricted_import_share,
    exposure.suspended_measure
from {{ ref('end_use_exposure') }} as exposure
anti join {{ ref('fct_restricting_supplier') }} as controls
    on exposure.mineral_id = controls.mineral_id and controls.is_whole
where exposure.restricted_import_share > 0
