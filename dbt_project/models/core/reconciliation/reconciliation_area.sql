-- North America: its net imports against the sum of those of USA, Canada and Mexico, by perimeter. What one
-- takes from another stands on both sides and cancels, so that the two are one figure but for rounding.
with areas as (
    select
        source_id,
        mineral_id,
        basis,
        year,
        max(net_imports_t) filter (where area = 'USMCA') as computed,
        {{ exact_sum("case when area != 'USMCA' then net_imports_t end") }} as published,
        greatest({{ exact_sum("case when area != 'USMCA' then abs(net_imports_t) end") }}, 1) as magnitude,
        count(*) filter (where area != 'USMCA') as members
    from {{ ref('fct_net_trade') }}
    group by source_id, mineral_id, basis, year
)

select
    'area_sum_' || source_id || '_' || basis as check_id,
    mineral_id,
    year::smallint as year,  -- noqa: RF04
    'net_imports' as subject,
    null::string as edition,
    't' as unit,
    computed,
    published,
    computed - published as difference,
    1e-6 * magnitude as tolerance,
    abs(computed - published) <= 1e-6 * magnitude as passed,
    '=' as published_qualifier,
    case when passed then 'agrees' else 'unexplained' end as reason_code,
    null::string as note,
    source_id as source_ids
from areas
where members = 3 and computed is not null and published is not null
