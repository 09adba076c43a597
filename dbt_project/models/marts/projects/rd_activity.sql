-- Research records by mineral, year and kind. Counts, not money: no source states the cost of a record.
select
    mineral_id,
    year(published_on)::smallint as year,
    product_type,
    count(*)::integer as n_records,
    count(doi)::integer as n_with_doi,
    min(published_on) as first_published_on,
    max(published_on) as last_published_on,
    {{ joined_distinct('search_terms', '; ') }} as search_terms,
    mineral_id in ('graphite_natural', 'lead') as is_word_ambiguous,
    max(vintage) as listed_on,
    max(source_id) as source_ids,
    {{ joined_distinct('archive_id', ';') }} as archive_ids
from {{ ref('fct_rd_record') }}
group by mineral_id, year(published_on), product_type
