-- Parties to agreements on critical minerals with the United States: Table 5 of the newest Mineral Commodity
-- Summaries, and curated events that the table lacks.
with listed as (
    select
        coalesce(
            agreements.agreement_id,
            'usgs_' || lower(replace(stated.title, ' ', '_')) || '_' || stated.signed_text
        ) as agreement_id,
        codes.iso3 as party_iso3,
        stated.title,
        coalesce(agreements.kind, 'not_judged') as kind,
        agreements.minerals,
        coalesce(agreements.signed_meant, stated.signed) as signed,
        case when agreements.signed_meant is not null then 'day' else stated.signed_precision end
            as signed_precision,
        stated.signed as signed_as_printed,
        stated.dates_agree,
        stated.focus_area,
        agreements.note,
        stated.source_url,
        'usgs_mcs' as source_id,
        stated._archive_id as archive_id
    from {{ ref('stg_usgs_mcs__agreements') }} as stated
    inner join {{ ref('dim_country_code') }} as codes
        on stated.party = codes.code and codes.source_id = 'usgs_mcs' and codes.iso3 is not null
    left join {{ ref('usgs_agreements') }} as agreements on stated.title = agreements.title
    where stated.edition = (select max(held.edition) from {{ ref('stg_usgs_mcs__agreements') }} as held)
),

-- a bloc that signs as one, such as EU27, binds its members of that day
parties as (
    select
        event.event_id,
        coalesce(members.iso3, party.code) as iso3
    from {{ ref('fct_policy_event') }} as event
    cross join lateral unnest(split(event.parties, ';')) as party (code)
    left join {{ ref('dim_bloc_member') }} as members
        on
            party.code = members.bloc
            and coalesce(event.effective, event.announced) >= members.valid_from
            and coalesce(event.effective, event.announced) <= coalesce(members.valid_to, date '9999-12-31')
),

curated as (
    select
        event.event_id as agreement_id,
        party.iso3 as party_iso3,
        event.title,
        case
            when lower(event.title) like '%action plan%' then 'action_plan'
            when lower(event.title) like '%memorand%' then 'mou'
            when lower(event.title) like '%partnership agreement%' then 'partnership'
            when lower(event.title) like '%framework%' then 'framework'
            else 'statement'
        end as kind,
        event.minerals,
        coalesce(event.effective, event.announced) as signed,
        event.date_precision as signed_precision,
        null::date as signed_as_printed,
        null::boolean as dates_agree,
        event.instrument as focus_area,
        event.note,
        event.source_url,
        'policy_events' as source_id,
        null as archive_id
    from {{ ref('fct_policy_event') }} as event
    inner join parties as party on event.event_id = party.event_id
    where
        event.source_id = 'policy_events'
        and event.kind = 'agreement'
        and array_contains(split(event.parties, ';'), 'USA')
        and party.iso3 != 'USA'
)

select * from listed
union all
-- the day of signing shows whether the table already has the agreement
select curated.*
from curated
anti join listed on curated.party_iso3 = listed.party_iso3 and curated.signed = listed.signed
