-- Controls, tariffs and deadlines that name it
select
    asked.mineral_id,
    title,
    coalesce(countries.name, events.imposer_iso3) as by_country,
    replace(status, '_', ' ') as status,
    case when status in ('not_known_after', 'suspension_lapsed_unverified') then replace(last_known_status, '_', ' ') end
        as last_known,
    known_through,
    next_date
from (select unnest($minerals) as mineral_id) as asked
inner join marts.policy_calendar as events on list_contains(split(events.minerals, ';'), asked.mineral_id)
left join core.dim_country as countries on events.imposer_iso3 = countries.iso3
where events.kind not in ('document', 'statement')
qualify row_number() over (
    partition by asked.mineral_id
    order by status in ('ended', 'passed'), next_date is null, next_date, announced desc nulls last, event_id
) <= 8
order by
    asked.mineral_id,
    status in ('ended', 'passed'),
    next_date is null,
    next_date,
    announced desc nulls last,
    event_id;
