-- What changed and what is due. Days are counted from the day of the build, or from the variable `today`.
with clock as (
    select {{ today() }} as today
),

events as (
    select
        entry.*,
        clock.today,
        least(
            case when entry.effective >= clock.today then entry.effective end,
            case when entry.expires >= clock.today then entry.expires end,
            case when entry.suspended_to >= clock.today then (entry.suspended_to + 1)::date end
        ) as next_date
    from {{ ref('fct_policy_event') }} as entry
    cross join clock
)

select
    event_id,
    title,
    kind,
    announced,
    effective,
    expires,
    suspended_from,
    suspended_to,
    date_precision,
    next_date,
    case
        when next_date = expires then 'ends'
        when next_date = effective and kind = 'deadline' then 'is due'
        when next_date = effective and kind = 'possible_measure' then 'may take effect'
        when next_date = effective then 'takes effect'
        when next_date is not null then 'is no longer suspended'
    end as next_step,
    -- the order in which calendars list what lies ahead
    case
        when next_date is not null
            then row_number() over (
                order by next_date asc nulls last, coalesce(effective, announced) desc, title asc
            )
    end::integer as next_rank,
    -- a general act, such as a preference for Africa, does not concern trade in minerals among the three
    coalesce(
        minerals is not null
        or hs_codes is not null
        or kind in ('tariff', 'nomenclature')
        or contains(lower(title), 'mineral')
        or contains(parties, 'USA') and (contains(parties, 'CAN') or contains(parties, 'MEX'))
        or contains(parties, 'CAN') and contains(parties, 'MEX'),
        false
    ) as concerns_minerals,
    {{ days_between('today', 'next_date') }}::integer as days_until,
    {{ policy_status('today') }} as status,
    known_through,
    {{ policy_status('least(today, known_through)') }} as last_known_status,
    minerals,
    hs_codes,
    parties,
    imposer_iso3,
    instrument,
    source_url,
    source_url_kind,
    source_url_basis,
    confidence,
    note,
    case when source_url is null then 'cited_by_instrument' else 'ok' end as quality_flag,
    source_id
from events
