-- A figure that no loaded file states comes from a seed, and names the publication, its edition, the table
-- and an address, so that it can be looked up.
with stated as (
    select
        mineral_id as what,
        country_iso3,
        year,
        citation
    from {{ ref('fct_member_output') }}
    where source_id = 'member_output'
    union all
    select
        hs_code as what,
        country_iso3,
        year,
        citation
    from {{ ref('fct_member_trade') }}
    where source_id = 'member_trade'
)

select *
from stated
where
    citation is null
    or not contains(citation, '; https://')
    or length(citation) - length(replace(citation, '; ', '')) < 6
