-- Antidumping and countervailing duties on a mineral from an origin, read from the titles of the Federal
-- Register documents held: "Product From Origin: action". Only fetched documents are included. Rates are set
-- for each firm.
with documents as (
    select
        document_number,
        publication_date,
        title,
        vintage,
        html_url,
        instr(lower(title), ' from ') as at_from,
        replace(replace(replace(lower(title), ',', ' '), ';', ' '), ':', ' ') as words
    from {{ ref('stg_federal_register__document') }}
    where lower(title) like '%antidumping%' or lower(title) like '%countervailing%'
),

judged as (
    select
        *,
        ' ' || substring(words, at_from) || ' ' as after_from,
        ' ' || substring(words, 1, at_from) as product_words,
        trim(substring(title, 1, at_from - 1)) as product,
        case
            when words like '%revocation of%' and words like '%order%' and words not like '%intent%'
                then 'revoked'
            when
                words like '%duty order%'
                or words like '%administrative review%'
                or words like '%sunset review%'
                or words like '%five-year review%'
                then 'order'
            else 'investigation'
        end as standing
    from documents
    where at_from > 0
),

-- names of an origin as used in English titles; "Niger" must not match "Nigeria"
origins as (
    select distinct
        lower(code) as origin_words,
        iso3
    from {{ ref('dim_country_code') }}
    where source_id in ('usgs_mcs', 'ilab_goods') and iso3 is not null
),

named as (
    select distinct
        judged.document_number,
        judged.publication_date,
        judged.title,
        judged.product,
        judged.standing,
        judged.vintage,
        judged.html_url,
        instruments.instrument,
        minerals.mineral_id,
        origins.iso3 as origin_iso3
    from judged
    inner join (values ('antidumping', 'AD'), ('countervailing', 'CVD')) as instruments (word, instrument)
        on judged.words like '%' || instruments.word || '%'
    inner join {{ ref('dim_mineral') }} as minerals
        on judged.product_words like '%' || lower(minerals.name) || '%'
    inner join origins on judged.after_from like '% ' || origins.origin_words || ' %'
)

select
    instrument,
    mineral_id,
    origin_iso3,
    max(product) as product,
    case
        when
            max(publication_date) filter (where standing = 'order')
            > coalesce(max(publication_date) filter (where standing = 'revoked'), date '1900-01-01')
            then 'in_force'
        when bool_or(standing = 'revoked') then 'revoked'
        else 'investigated'
    end as status,
    min(publication_date) as first_document,
    max(publication_date) as last_document,
    max(vintage)::date as known_through,
    count(distinct document_number)::integer as documents,
    {{ joined_distinct('document_number', ';') }} as document_numbers
from named
group by instrument, mineral_id, origin_iso3
