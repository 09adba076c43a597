-- Which partners to add to the USA, Canada and Mexico, one at a time and always the one that lowers
-- dependency most (greedy search). Only goods that originate in the partner count: a refiner of others' feed
-- adds nothing. The reduction by one partner does not depend on the other members, so the next best has the
-- next largest share, a running sum finds the set, and no smaller set reaches the target. Withheld reliance
-- enters at its upper bound.
{%- set target_pct = 50 %}

with bloc as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
),

not_invited as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'FEOC' and is_member_today
),

base as (
    select
        us_supply.mineral_id,
        us_supply.year,
        us_supply.reliance_high_pct,
        us_supply.reliance_pct is null as is_bounded,
        -- a member counts with all that it sells, including its feed that others refine
        {{ share_sum(
            'case when bloc.iso3 is not null'
            ~ ' then coalesce(suppliers.import_share, 0) + coalesce(suppliers.through_others_share, 0) end'
        ) }} as bloc_share
    from {{ ref('fct_us_supply') }} as us_supply
    inner join {{ ref('fct_partner_origin') }} as suppliers
        on us_supply.mineral_id = suppliers.mineral_id and us_supply.year = suppliers.year
    left join bloc on suppliers.supplier_iso3 = bloc.iso3
    group by us_supply.mineral_id, us_supply.year, us_supply.reliance_high_pct, us_supply.reliance_pct
),

steps as (
    select
        base.*,
        suppliers.supplier_iso3 as partner_iso3,
        suppliers.origin_share,
        row_number() over ranked as step,
        sum({{ as_decimal('suppliers.origin_share', 18, 12) }}) over ranked::double as added_share
    from base
    inner join {{ ref('fct_partner_origin') }} as suppliers
        on base.mineral_id = suppliers.mineral_id and base.year = suppliers.year
    where
        suppliers.origin_share > 0
        and suppliers.supplier_iso3 != 'ZZZ'
        and suppliers.supplier_iso3 not in (select bloc.iso3 from bloc)
        and suppliers.supplier_iso3 not in (select not_invited.iso3 from not_invited)
    window ranked as (
        partition by base.mineral_id, base.year
        order by suppliers.origin_share desc, suppliers.supplier_iso3 asc
        rows unbounded preceding
    )
),

-- step 0 is the three without partners
path as (
    select
        mineral_id,
        year,
        0 as step,
        null as partner_iso3,
        null as origin_share,
        {{ rounded(non_bloc_dependency_pct('reliance_high_pct', 'bloc_share'), 6) }} as dependency_after_pct,
        is_bounded
    from base
    union all
    select
        mineral_id,
        year,
        step,
        partner_iso3,
        origin_share,
        {{ rounded(non_bloc_dependency_pct('reliance_high_pct', 'bloc_share + added_share'), 6) }},
        is_bounded
    from steps
)

select
    mineral_id,
    year,
    step::integer as step,
    partner_iso3::string as partner_iso3,
    origin_share::double as origin_share,
    lag(dependency_after_pct) over (partition by mineral_id, year order by step) as dependency_before_pct,
    dependency_after_pct,
    {{ target_pct }}::double as target_pct,
    min(dependency_after_pct) over (partition by mineral_id, year) < {{ target_pct }} as is_target_reached,
    is_target_reached and coalesce(dependency_before_pct >= {{ target_pct }}, false) as is_in_smallest_set,
    is_bounded
from path
