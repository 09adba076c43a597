-- Apparent consumption: the balance of the rows that nir_basis includes, compared with the publisher's own
-- figure.
with compared as (
    select
        edition,
        mineral_id,
        basis,
        year,
        is_estimated,
        source_ids,
        balance_t as computed,
        published_apparent_consumption_t as published,
        abs(balance_t - published_apparent_consumption_t) as distance,
        0.05 * published_apparent_consumption_t as tolerance
    from {{ ref('fct_net_import_reliance') }}
    where
        (method = 'net_imports_over_supply' or coverage = 'balance_differs_from_published')
        and balance_t is not null
        and published_apparent_consumption_t > 0
)

select
    'usgs_consumption_' || edition || '_' || basis as check_id,
    mineral_id,
    year,
    'apparent_consumption' as subject,
    edition,
    't' as unit,
    computed,
    published,
    computed - published as difference,
    tolerance,
    distance <= tolerance as passed,
    '=' as published_qualifier,
    case
        when distance <= tolerance then 'agrees'
        -- half a unit of the first significant digit
        when distance <= 0.5 * power(10, floor(log10(published))) then 'published_rounded'
        when is_estimated then 'inputs_estimated'
        else 'unexplained'
    end as reason_code,
    null::string as note,
    source_ids
from compared
