-- The three have at most one headline per mineral, year and edition, always with the same basis.
select
    mineral_id,
    edition,
    year,
    count(*) as headlines
from {{ ref('import_dependency') }}
where area = 'USMCA' and is_headline
group by mineral_id, edition, year
having count(*) > 1
union all
select
    dependency.mineral_id,
    null as edition,
    null as year,
    count(distinct dependency.basis) as headlines
from {{ ref('import_dependency') }} as dependency
inner join {{ ref('policy_stage') }} as fixed
    on dependency.mineral_id = fixed.mineral_id and fixed.role = 'headline'
where dependency.area = 'USMCA' and dependency.is_headline
group by dependency.mineral_id
having count(distinct dependency.basis) > 1
