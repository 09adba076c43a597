-- A list of projects changed the status, stage or phase of a facility, added a facility or dropped one. A
-- list that the previous publication lacked gives no entry, and a list without phases gives a single one.
with states as (
    select
        *,
        concat_ws(', ', replace(phase, '_', ' '), replace(stage, '_', ' '), if(is_on_hold, 'on hold', null)) as state
    from core.dim_facility
),

states_before as (
    select
        *,
        concat_ws(', ', replace(phase, '_', ' '), replace(stage, '_', ' '), if(is_on_hold, 'on hold', null)) as state
    from old.core.dim_facility
),

lists as (
    select
        source_id,
        max(vintage) as listed_on,
        bool_and(phase = 'not_stated') as states_no_phase
    from core.dim_facility
    group by source_id
),

lists_before as (
    select
        source_id,
        max(vintage) as listed_on
    from old.core.dim_facility
    group by source_id
),

changes as (
    select
        coalesce(new.facility_id, old.facility_id) as facility_id,
        coalesce(new.name, old.name) as name,
        coalesce(new.country_iso3, old.country_iso3) as country_iso3,
        coalesce(new.subdivision, old.subdivision) as subdivision,
        coalesce(new.commodities, old.commodities) as commodities,
        coalesce(new.url, old.url) as url,
        new.state as state,
        old.state as state_before,
        lists.source_id,
        lists.listed_on,
        lists.states_no_phase
    from states as new
    full join states_before as old on new.facility_id = old.facility_id
    inner join lists on coalesce(new.source_id, old.source_id) = lists.source_id
    inner join lists_before on lists.source_id = lists_before.source_id
    where new.state is distinct from old.state and lists.listed_on > lists_before.listed_on
)

select
    'core.dim_facility' as table_name,
    concat_ws('|', facility_id, coalesce(state, 'gone')) as key,
    listed_on as vintage_to,
    listed_on as day,
    concat(
        name, ' (', concat_ws(', ', subdivision, country_iso3), '): ',
        case
            when state is null then 'listed no more'
            when state_before is null then concat('newly listed, ', state)
            else concat('now ', state)
        end
    ) as title,
    concat_ws(chr(10), commodities, url) as detail,
    state_before as was,
    state as became,
    source_id,
    'projects' as anchor,
    concat('minerals query "from core.dim_facility where facility_id = ''', replace(facility_id, '''', ''''''), '''"')
        as command
from changes
where not states_no_phase
union all
select
    'core.dim_facility',
    source_id,
    listed_on,
    listed_on,
    concat(
        'Sites of ', source_id, ': ', count(*) filter (where state_before is null), ' newly listed, ',
        count(*) filter (where state is null), ' listed no more, ',
        count(*) filter (where state is not null and state_before is not null), ' of another kind'
    ),
    'The list states neither phase nor whether a site operates.',
    null,
    null,
    source_id,
    'projects',
    concat('minerals query "from core.dim_facility where source_id = ''', source_id, '''"')
from changes
where states_no_phase
group by source_id, listed_on;
