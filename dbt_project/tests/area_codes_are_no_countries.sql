-- The code of the three as one must not be a country code. NAM, for example, is Namibia.
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
