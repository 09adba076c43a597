-- An area has at most one headline figure for a mineral, a year and an edition.
select
    area,
    mineral_id,
    year,
    edition,
    count(*) as headlines
from {{ ref('import_dependency') }}
where is_headline
group by area, mineral_id, year, edition
having count(*) > 1
