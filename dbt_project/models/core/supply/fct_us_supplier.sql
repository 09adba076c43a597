-- Suppliers of US imports of a mineral, by quantity over four years, from the newest edition that states
-- shares: one list per mineral. Hong Kong and Macao count with China; ZZZ is the share of unnamed suppliers.
with shares as (
    select *
    from {{ ref('fct_import_source') }}
    where basis = 'usgs_four_years' and is_headline and quantity_share is not null
    qualify edition = max(edition) over (partition by mineral_id)
)

select
    shares.mineral_id,
    coalesce(countries.policy_iso3, shares.supplier_iso3) as supplier_iso3,
    {{ any_known('shares.edition') }} as edition,
    {{ any_known('shares.period') }} as period,
    {{ share_sum('shares.quantity_share') }} as import_share,
    least({{ share_sum('shares.quantity_share_low') }}, import_share) as import_share_low,
    greatest({{ share_sum('shares.quantity_share_high') }}, import_share) as import_share_high,
    min(shares.archive_id) as archive_id
from shares
left join {{ ref('dim_country') }} as countries on shares.supplier_iso3 = countries.iso3
group by shares.mineral_id, coalesce(countries.policy_iso3, shares.supplier_iso3)
