-- What the USA lacks if a supplier stops selling it a mineral for a number of days: the lost tonnes, the part that stocks and
-- spare capacity abroad can cover, and bounds of the rest. The US share of that capacity is assumed (is_replacement_assumed);
-- tried_share_low and tried_share_high are the bounds under all assumptions tried. It uses the newest year with both figures;
-- `coverage` names what is not published.
-- Example: from disruption('CAN', 'potash', 90);
create macro main.disruption(of_supplier, of_mineral, for_days) as table
with asked as (
    select
        mineral_called(of_mineral) as mineral_id,
        upper(of_supplier) as lost_supplier_iso3,
        for_days as days
),

found as (
    select
        mart.lost_supplier_iso3,
        mart.mineral_id,
        asked.days,
        mart.year,
        mart.import_stage,
        mart.lost_share,
        mart.share_basis,
        mart.share_period,
        mart.lost_t * asked.days / 365 as not_delivered_t,
        mart.base_t * asked.days / 365 as imported_in_that_time_t,
        mart.stock_t,
        mart.spare_t * asked.days / 365 as spare_output_t,
        mart.unreplaced_share_low,
        mart.unreplaced_share_high,
        mart.is_replacement_assumed,
        mart.tried_share_low,
        mart.tried_share_high,
        mart.lost_share = 0 as is_no_supplier,
        mart.coverage,
        mart.source_ids
    from asked
    inner join marts.disruption_scenario as mart using (mineral_id, lost_supplier_iso3)
    where mart.scope = 'area_imports'
    -- a supplier with a shock of its own is also part of the scenario of all suppliers
    qualify row_number() over (order by mart.year desc, mart.scenario_id = 'usa_embargo' desc) = 1
)

select * from found
union all by name
select
    lost_supplier_iso3,
    mineral_id,
    days,
    concat('no US imports of it from there are held; ', why_not_held('imports_by_supplier', 'USA', mineral_id)) as coverage
from asked
where not exists (from found);

comment on macro table main.disruption is
'US shortfall of a mineral without a supplier for some days, t. Example: from disruption(''CAN'', ''potash'', 90)';
