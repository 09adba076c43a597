-- Hong Kong and Macao count with China. A remainder without a named supplier enters the denominator only, so
-- the index is at least the stated value, and at most the value with the remainder as one supplier. A flow of
-- less than USD 1 million per year has no level, since its concentration would be accidental.
with supplier_shares as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        policy_iso3,
        {{ exact_sum('value_usd') }} as value_usd,
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

worth as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        {{ exact_sum('value_usd') }} as value_usd,
        coalesce(
            {{ exact_sum('value_usd') }} * case period_type when 'month' then 12 else 1 end < 1000000, false
        ) as is_small
    from supplier_shares
    group by area, mineral_id, stage, period, period_type, basis
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
    indices.area,
    {{ area_name('indices.area') }} as area_name,
    indices.mineral_id,
    indices.stage,
    indices.period,
    indices.period_type,
    indices.basis,
    indices.measure,
    indices.suppliers,
    worth.value_usd,
    {{ rounded('indices.hhi_value', 6) }} as hhi_value,
    {{ rounded('indices.hhi_quantity', 6) }} as hhi_quantity,
    {{ rounded('indices.hhi', 6) }} as hhi,
    {{ rounded('indices.hhi + 10000 * power(indices.unallocated_share, 2)', 6) }} as hhi_high,
    -- unknown governance of a supplier is not invented: the index exists only if nearly all shares have a
    -- governance value
    case
        when indices.governed_share >= 0.95 * indices.allocated_share
            then {{ rounded('indices.hhi_wgi', 6) }}
    end as hhi_wgi,
    {{ rounded(effective_suppliers('indices.hhi'), 6) }} as effective_suppliers,
    {{ rounded('indices.cr1_share', 12) }} as cr1_share,
    {{ rounded('indices.cr3_share', 12) }} as cr3_share,
    case
        when worth.is_small then null
        when indices.hhi > 1800 then 'high'
        when indices.hhi >= 1000 then 'moderate'
        else 'low'
    end as level,
    case
        when worth.is_small then null
        when indices.hhi > 2500 then 'high'
        when indices.hhi >= 1500 then 'moderate'
        else 'low'
    end as level_2010,
    indices.unallocated_share,
    indices.coverage,
    indices.source_id
from indices
inner join worth
    on
        indices.area = worth.area
        and indices.mineral_id = worth.mineral_id
        and indices.stage = worth.stage
        and indices.period = worth.period
        and indices.period_type = worth.period_type
        and indices.basis = worth.basis
