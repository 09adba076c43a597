-- What changed and what is due. Days are counted from the day of the build, or from the variable `today`.
with clock as (
    select {% if var('today', none) %}date '{{ var('today') }}'{% else %}current_date{% endif %} as today
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
    next_date,
    {{ days_between('today', 'next_date') }}::integer as days_until,
    case
        when effective > today then 'ahead'
        when expires < today then 'ended'
        when today between suspended_from and suspended_to then 'suspended'
        when effective <= today then 'in_force'
        else 'open'
    end as status,
    minerals,
    hs_codes,
    parties,
    imposer_iso3,
    instrument,
    source_url,
    confidence,
    case when source_url is null then 'cited_by_instrument' else 'ok' end as quality_flag,
    source_id
from events
