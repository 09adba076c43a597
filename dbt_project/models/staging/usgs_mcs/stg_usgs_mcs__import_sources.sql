-- One row per edition, commodity, form and country: a country's share of US imports over four years. For an
-- edition that prints no shares, the order of its Figure 2 is used.
with shares as (
    select *
    from {{ current_rows('usgs_mcs__import_sources', cells=['edition', 'commodity']) }}
)

select
    edition,
    commodity,
    form,
    country,
    period_start,
    period_end,
    rank,
    share_pct,
    value_text,
    _archive_id,
    _vintage as vintage
from shares

union all

select
    ranks.edition,
    ranks.commodity,
    ranks.form,
    ranks.country,
    ranks.period_start,
    ranks.period_end,
    ranks.rank,
    null as share_pct,
    null as value_text,
    ranks._archive_id,
    ranks._vintage as vintage
from {{ current_rows('usgs_mcs__import_ranks', cells=['edition', 'commodity']) }} as ranks
anti join shares on ranks.edition = shares.edition
