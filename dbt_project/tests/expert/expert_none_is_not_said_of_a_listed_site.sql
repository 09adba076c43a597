-- A row may say that the three produce none only if no public list names an operating site for the mineral.
-- Tanco in Manitoba mines tantalum, for example, although the USGS table does not list Canada.
select
    dependency.mineral_id,
    dependency.year,
    dependency.edition,
    sites.country_iso3,
    sites.site_names
from {{ ref('import_dependency') }} as dependency
inner join {{ ref('fct_operating_site') }} as sites on dependency.mineral_id = sites.mineral_id
where dependency.coverage = 'no_home_output' and sites.country_iso3 in ('CAN', 'MEX')
