-- The three as one has a code that is no country's: NAM, say, is Namibia.
select
    areas.area,
    areas.members
from {{ ref('dim_area') }} as areas
inner join {{ ref('dim_country') }} as countries on areas.area = countries.iso3
where areas.area != areas.members

union all

select
    areas.area,
    areas.members
from {{ ref('dim_area') }} as areas
where contains(areas.members, ';') and areas.area_name != 'North America'
