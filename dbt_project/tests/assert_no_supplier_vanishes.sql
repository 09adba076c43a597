{{ config(severity='warn') }}
-- A supplier with a fifth of the imports of an area and 10 million USD in each of the previous periods (up to
-- three) that is missing from the newest period, without a policy event that explains it.
with stated as (
    select
        area,
        basis,
        source_id,
        period_type,
        mineral_id,
        stage,
        supplier_iso3,
        period,
        value_usd,
        value_share,
        max(period) over periods as newest,
        dense_rank() over (
            partition by area, basis, source_id, period_type
            order by period desc
        ) as age
    from {{ ref('import_sources') }}
    where value_usd > 0 and period_type in ('year', 'month') and supplier_iso3 not in ('ZZZ', 'WLD')
    window periods as (partition by area, basis, source_id, period_type)
),

before as (
    select
        area,
        basis,
        source_id,
        period_type,
        mineral_id,
        stage,
        supplier_iso3,
        any_value(newest) as newest,
        min(value_share) as value_share
    from stated
    where age between 2 and 4
    group by area, basis, source_id, period_type, mineral_id, stage, supplier_iso3
    having min(value_share) >= 0.2 and min(value_usd) >= 10e6
),

latest as (
    select *
    from stated
    where age = 1
),

-- extracts of BACI contain some codes in some years only, so a missing newest year proves nothing
tables_held as (
    select distinct
        area,
        basis,
        mineral_id,
        stage
    from latest
)

select before.*
from before
anti join latest
    on
        before.area = latest.area
        and before.basis = latest.basis
        and before.source_id = latest.source_id
        and before.period_type = latest.period_type
        and before.mineral_id = latest.mineral_id
        and before.stage = latest.stage
        and before.supplier_iso3 = latest.supplier_iso3
left join tables_held
    on
        before.area = tables_held.area
        and before.basis = tables_held.basis
        and before.mineral_id = tables_held.mineral_id
        and before.stage = tables_held.stage
anti join {{ ref('fct_policy_event') }} as events
    on
        array_contains(split(events.minerals, ';'), before.mineral_id)
        and array_contains(split(events.parties, ';'), before.supplier_iso3)
        and events.effective between before.newest - interval 2 year and before.newest + interval 1 year
where before.source_id != 'cepii_baci' or tables_held.area is not null
