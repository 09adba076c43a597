-- A supplier that the world tables of the newest Summaries do not list as a producer is marked: Malaysia, the
-- second supplier of arsenic, has no output in any table, and may pass on or refine what others make.
with newest as (
    select
        mineral_id,
        country_iso3
    from {{ ref('world_production') }}
    where source_id = 'usgs_mcs' and not is_world and (production_t > 0 or production_t is null)
    qualify edition = max(edition) over (partition by mineral_id)
)

select
    suppliers.area,
    suppliers.mineral_id,
    suppliers.stage,
    suppliers.supplier_iso3,
    suppliers.supplier_output
from {{ ref('import_sources') }} as suppliers
where
    suppliers.supplier_iso3 != 'ZZZ'
    and (
        suppliers.supplier_output is null
        or (
            suppliers.supplier_output = 'listed'
            and not exists (
                select 1
                from newest
                where
                    newest.mineral_id = suppliers.mineral_id
                    and newest.country_iso3 = suppliers.policy_iso3
            )
        )
    )
