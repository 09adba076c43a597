{{ config(severity='warn') }}
-- The edition of 2026 stopped netting scrap of aluminum (2024: 62 % where 2025 said 47) and revised the scrap
-- of nickel (43 % where 2025 said 48). A later version of an edition may differ, so the test only warns.
with known (edition, mineral_id, basis, reliance_pct) as (
    values
    ('2025', 'aluminum', 'metal', 47.0),
    ('2026', 'aluminum', 'metal', 62.0),
    ('2025', 'nickel', 'primary_and_scrap', 48.0),
    ('2026', 'nickel', 'primary_and_scrap', 43.0)
),

editions as (
    select distinct edition
    from {{ ref('fct_net_import_reliance') }}
)

select
    known.edition,
    known.mineral_id,
    known.reliance_pct,
    reliance.net_import_reliance_pct
from known
inner join editions on known.edition = editions.edition
left join {{ ref('fct_net_import_reliance') }} as reliance
    on
        known.edition = reliance.edition
        and known.mineral_id = reliance.mineral_id
        and known.basis = reliance.basis
        and reliance.year = 2024
where abs(coalesce(reliance.net_import_reliance_pct, 0) - known.reliance_pct) > 1.5
