-- Controls, tariffs and deadlines that name it
select
    title,
    coalesce(countries.name, events.imposer_iso3) as by_country,
    replace(status, '_', ' ') as status,
    case when status in ('not_known_after', 'suspension_lapsed_unverified') then replace(last_known_status, '_', ' ') end
        as last_known,
    known_through,
    next_date
from marts.policy_calendar as events
left join core.dim_country as countries on events.imposer_iso3 = countries.iso3
where list_contains(split(minerals, ';'), $mineral) and events.kind not in ('document', 'statement')
order by
    status in ('ended', 'passed'),
    next_date is null,
    next_date,
    announced desc nulls last
limit 8;
