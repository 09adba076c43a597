-- World output: the sum of the printed countries compared with the publisher's own total, which is rounded to
-- two digits.
with tables as (
    select
        edition,
        mineral_id,
        stage,
        year,
        base_unit,
        source_id,
        max(production) filter (where is_world) as published,
        {{ exact_sum('case when not is_world then production end') }} as computed,
        bool_or(not is_world and production is null and qualifier is not null) as has_missing
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs'
    group by edition, mineral_id, stage, year, base_unit, source_id
)

select
    'usgs_world_total_' || edition || '_' || stage as check_id,
    mineral_id,
    year,
    'world_production' as subject,
    edition,
    base_unit as unit,
    computed,
    published,
    computed - published as difference,
    0.05 * published as tolerance,
    abs(computed - published) <= 0.05 * published as passed,
    '=' as published_qualifier,
    case
        when abs(computed - published) <= 0.05 * published then 'agrees'
        when computed < published and has_missing then 'country_withheld_or_not_available'
        when computed > 5 * published then 'published_total_misprinted'
        else 'published_total_rounded'
    end as reason_code,
    null::string as note,
    source_id as source_ids
from tables
where published > 0 and computed is not null
