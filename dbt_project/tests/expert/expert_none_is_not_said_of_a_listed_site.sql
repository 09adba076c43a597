-- That the three make none is said only where no public list names an operating site that may make it: Tanco
-- in Manitoba mines tantalum, though the table of USGS does not list Canada.
select
    dependency.mineral_id,
    dependency.year,
    dependency.edition,
    sites.country_iso3,
    sites.site_names
from {{ ref('import_dependency') }} as dependency
inner join {{ ref('fct_operating_site') }} as sites on dependency.mineral_id = sites.mineral_id
where dependency.coverage = 'no_home_output' and sites.country_iso3 in ('CAN', 'MEX')
