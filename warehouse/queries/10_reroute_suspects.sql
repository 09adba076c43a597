-- Which third countries ship to the United States what they hardly make, since an export control took effect?
-- It needs US imports by month (census_bulk) and exports of third countries (comtrade): no row before they
-- are fetched.
select
    product_group,
    hub_iso3,
    control_event_id,
    max(period) as newest_month,
    count(*) filter (flag) as flagged_months,
    sum(exported_t) as exported_t,
    sum(implied_reexport_t) as implied_reexport_t,
    max(import_jump_ratio) as import_jump_ratio
from marts.transshipment_watch
where coverage = 'complete'
group by product_group, hub_iso3, control_event_id
having max(import_jump_ratio) >= 3 or count(*) filter (flag) > 0
order by flagged_months desc, implied_reexport_t desc, product_group asc, hub_iso3 asc;
