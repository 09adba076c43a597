-- How recent each source's figures are, when they were fetched, and how.
select
    source_id,
    case
        when newest_period is null then null
        when datediff('day', newest_period, expected_next) >= 730 then strftime(newest_period, '%Y')
        when datediff('day', newest_period, expected_next) >= 59 then strftime(newest_period, '%Y-%m')
        else newest_period::date::varchar
    end as data_to,
    vintage as published,
    fetched_at::date as fetched,
    case mode
        when 'live' then 'publisher'
        when 'archived' then 'archive'
        when 'starter' then 'starter'
        else 'nothing held'
    end as served_from,
    expected_next as next_due,
    citation as figures_of
from meta.source_status
where $sources is null or list_contains($sources, source_id)
order by served_from = 'nothing held', source_id;
