-- Output is not taken as zero for a country missing from a table if a public list names an operating site for
-- the stage: Neo Performance refines gallium in Canada. A site for another form does not count: Baymag makes
-- magnesium oxide and no metal.
select
    output.mineral_id,
    output.country_iso3,
    output.year,
    output.edition,
    sites.site_names
from {{ ref('fct_member_output') }} as output
inner join {{ ref('fct_operating_site') }} as sites
    on
        output.mineral_id = sites.mineral_id
        and output.stage = sites.stage
        and output.country_iso3 = sites.country_iso3
anti join {{ ref('fct_production') }} as listed
    on
        output.source_id = listed.source_id
        and output.edition = listed.edition
        and output.mineral_id = listed.mineral_id
        and output.stage = listed.stage
        and output.country_iso3 = listed.country_iso3
        and output.year = listed.year
where output.source_id = 'usgs_mcs' and output.output_high_t = 0
