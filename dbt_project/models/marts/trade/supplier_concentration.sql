-- Hong Kong and Macao count with China; a remainder that no supplier is named for enters the denominator
-- only, so that an index is at least what is shown, and at most what it is with the remainder as one
-- supplier.
with supplier_shares as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        policy_iso3,
        sum({{ as_decimal('value_share', 18, 12) }})::double as value_share,
        sum({{ as_decimal('quantity_share', 18, 12) }})::double as quantity_share,
        max(unallocated_share) as unallocated_share,
        max(coverage) as coverage,
        max(source_id) as source_id
    from {{ ref('import_sources') }}
    where coverage != 'ranks_only'
    group by area, mineral_id, stage, period, period_type, basis, policy_iso3
),

governance as (
    select * from {{ ref('dim_country_governance') }}
),

suppliers as (
    select
        supplier_shares.*,
        coalesce(supplier_shares.quantity_share, supplier_shares.value_share) as part,
        supplier_shares.quantity_share is null as is_by_value,
        governance.wgi_estimate,
        row_number() over (
            partition by
                supplier_shares.area,
                supplier_shares.mineral_id,
                supplier_shares.stage,
                supplier_shares.period,
                supplier_shares.period_type,
                supplier_shares.basis
            order by
                coalesce(supplier_shares.quantity_share, supplier_shares.value_share) desc,
                supplier_shares.policy_iso3 asc
        ) as place
    from supplier_shares
    left join governance
        on
            supplier_shares.policy_iso3 = governance.iso3
            and year(supplier_shares.period) >= governance.from_year
            and year(supplier_shares.period) <= governance.to_year
    where supplier_shares.policy_iso3 != 'ZZZ'
),

indices as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        case when bool_or(is_by_value) then 'value' else 'quantity' end as measure,
        count(*)::integer as suppliers,
        max(unallocated_share) as unallocated_share,
        case when count(value_share) = count(*) then {{ hhi('value_share') }} end as hhi_value,
        case when count(quantity_share) = count(*) then {{ hhi('quantity_share') }} end as hhi_quantity,
        {{ hhi('part') }} as hhi,
        {{ hhi_wgi('part', 'wgi_estimate') }} as hhi_wgi,
        coalesce({{ sum_in_order('part', where='wgi_estimate is not null') }}, 0) as governed_share,
        {{ sum_in_order('part') }} as allocated_share,
        {{ sum_in_order('part', where='place <= 1') }} as cr1_share,
        {{ sum_in_order('part', where='place <= 3') }} as cr3_share,
        max(coverage) as coverage,
        max(source_id) as source_id
    from suppliers
    group by area, mineral_id, stage, period, period_type, basis
)

select
    area,
    {{ area_name('area') }} as area_name,
    mineral_id,
    stage,
    period,
    period_type,
    basis,
    measure,
    suppliers,
    {{ rounded('hhi_value', 6) }} as hhi_value,
    {{ rounded('hhi_quantity', 6) }} as hhi_quantity,
    {{ rounded('hhi', 6) }} as hhi,
    {{ rounded('hhi + 10000 * power(unallocated_share, 2)', 6) }} as hhi_high,
    -- an unknown supplier's governance is not invented: the index stands only where nearly all shares have
    -- one
    case when governed_share >= 0.95 * allocated_share then {{ rounded('hhi_wgi', 6) }} end as hhi_wgi,
    {{ rounded(effective_suppliers('hhi'), 6) }} as effective_suppliers,
    {{ rounded('cr1_share', 12) }} as cr1_share,
    {{ rounded('cr3_share', 12) }} as cr3_share,
    case when hhi > 1800 then 'high' when hhi >= 1000 then 'moderate' else 'low' end as level,
    case when hhi > 2500 then 'high' when hhi >= 1500 then 'moderate' else 'low' end as level_2010,
    unallocated_share,
    coverage,
    source_id
from indices
