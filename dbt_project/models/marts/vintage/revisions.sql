-- A figure that a later vintage states differently from the previous one. Figures that were stated once, or
-- always the same, have no row; core.fct_vintage has them all.
with stated as (
    select
        *,
        lag(vintage) over vintages as vintage_from,
        lag(edition) over vintages as edition_from,
        lag(value) over vintages as old_value
    from {{ ref('fct_vintage') }}
    window vintages as (partition by table_name, key order by vintage)
)

select
    table_name,
    key,
    vintage_from,
    vintage as vintage_to,
    mineral_id,
    mineral_ids,
    period,
    measure,
    unit,
    old_value,
    value as new_value,
    {{ change_pct('old_value', 'value') }} as change_pct,
    change_kind,
    edition_from,
    edition as edition_to,
    source_id,
    archive_id
from stated
where vintage_from is not null and value is distinct from old_value
