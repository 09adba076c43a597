-- World output: the countries of the British Geological Survey compared with the total of the US Geological
-- Survey, in the newest edition that has the year. The two make their own estimates, so a difference of ten
-- percent is tolerated.
with usgs as (
    select
        edition,
        mineral_id,
        stage,
        year,
        base_unit,
        production as published,
        is_estimated
    from {{ ref('fct_production') }}
    where source_id = 'usgs_mcs' and is_world and production > 0
    qualify edition = max(edition) over (partition by mineral_id, stage, year)
),

bgs as (
    select
        mineral_id,
        stage,
        year,
        base_unit,
        {{ exact_sum('production') }} as computed,
        count(production) < count(*) as has_missing
    from {{ ref('fct_production') }}
    where source_id = 'bgs_wms' and not is_world
    group by mineral_id, stage, year, base_unit
),

-- the country in which the two differ most
gaps as (
    select
        usgs.edition,
        usgs.mineral_id,
        usgs.stage,
        usgs.year,
        max_by(
            printf('%s: %,.0f against %,.0f', theirs.country_iso3, ours.production, theirs.production),
            (abs(ours.production - theirs.production), theirs.country_iso3)
        ) as widest
    from usgs
    inner join {{ ref('fct_production') }} as theirs
        on
            theirs.source_id = 'usgs_mcs'
            and usgs.edition = theirs.edition
            and usgs.mineral_id = theirs.mineral_id
            and usgs.stage = theirs.stage
            and usgs.year = theirs.year
    inner join {{ ref('fct_production') }} as ours
        on
            ours.source_id = 'bgs_wms'
            and theirs.mineral_id = ours.mineral_id
            and theirs.stage = ours.stage
            and theirs.year = ours.year
            and theirs.country_iso3 = ours.country_iso3
            and theirs.base_unit = ours.base_unit
    where not theirs.is_world and theirs.production is not null and ours.production is not null
    group by usgs.edition, usgs.mineral_id, usgs.stage, usgs.year
),

compared as (
    select
        usgs.*,
        bgs.computed,
        bgs.has_missing,
        gaps.widest,
        0.1 * usgs.published as tolerance,
        abs(bgs.computed - usgs.published) <= 0.1 * usgs.published as passed
    from usgs
    inner join bgs
        on
            usgs.mineral_id = bgs.mineral_id
            and usgs.stage = bgs.stage
            and usgs.year = bgs.year
            and usgs.base_unit = bgs.base_unit
    left join gaps
        on
            usgs.edition = gaps.edition
            and usgs.mineral_id = gaps.mineral_id
            and usgs.stage = gaps.stage
            and usgs.year = gaps.year
    where bgs.computed is not null
)

select
    'bgs_world_total_' || stage as check_id,
    mineral_id,
    year,
    'world_production' as subject,
    edition,
    base_unit as unit,
    computed,
    published,
    computed - published as difference,
    tolerance,
    passed,
    '=' as published_qualifier,
    case
        when passed then 'agrees'
        when computed < published and has_missing then 'country_withheld_or_not_available'
        when is_estimated then 'estimates_differ'
        else 'sources_differ'
    end as reason_code,
    case when not passed then 'Widest gap, ' || widest end as note,
    'bgs_wms;usgs_mcs' as source_ids
from compared
