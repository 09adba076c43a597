-- Policy events, curated and from the Federal Register. An event that names no minerals applies to those
-- covered by its HS codes, and to no others.
with events as (
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
        minerals,
        hs_codes,
        parties,
        imposer_iso3,
        instrument,
        source_url,
        source_url_kind,
        source_url_basis,
        confidence,
        known_through,
        note,
        'policy_events' as source_id
    from {{ ref('policy_events') }}
    union all
    select
        'fr_' || document_number as event_id,
        title,
        'document' as kind,
        publication_date as announced,
        effective_on as effective,
        null as expires,
        null as suspended_from,
        null as suspended_to,
        'day' as date_precision,
        null as minerals,
        null as hs_codes,
        'USA' as parties,
        'USA' as imposer_iso3,
        concat_ws(', ', coalesce(subtype, document_type), citation) as instrument,
        html_url as source_url,
        case when html_url is not null then 'publication_of_record' end as source_url_kind,
        case when html_url is not null then 'read' else 'not_found' end as source_url_basis,
        'high' as confidence,
        vintage as known_through,
        null as note,
        'federal_register' as source_id
    from {{ ref('stg_federal_register__document') }}
),

carried as (
    select
        events.event_id,
        {{ joined_distinct('product.mineral_id', ';') }} as minerals
    from events
    inner join {{ ref('dim_product') }} as product
        on array_contains(split(events.hs_codes, ';'), product.hs_code)
    where product.specificity = 'exact'
    group by events.event_id
)

select
    events.event_id,
    events.title,
    events.kind,
    events.announced,
    events.effective,
    events.expires,
    events.suspended_from,
    events.suspended_to,
    events.date_precision,
    coalesce(events.minerals, carried.minerals) as minerals,
    events.hs_codes,
    events.parties,
    events.imposer_iso3,
    events.instrument,
    events.source_url,
    events.source_url_kind,
    events.source_url_basis,
    events.confidence,
    events.known_through::date as known_through,
    events.note,
    events.source_id
from events
left join carried on events.event_id = carried.event_id
