-- A curated output of zero beside an operating site rests on a statement about that output, never on a
-- table that does not list the country: Canada's list has a plant for rare earths that no table names.
select
    known.mineral_id,
    known.country_iso3,
    known.from_year,
    known.reason,
    sites.site_names
from {{ ref('member_output') }} as known
inner join {{ ref('fct_operating_site') }} as sites
    on
        known.mineral_id = sites.mineral_id
        and known.stage = sites.stage
        and known.country_iso3 = sites.country_iso3
where known.output_high_t = 0 and left(known.printed_in, 5) = 'Table'
