-- How much Chinese antimony may have come by Thailand, Mexico, Vietnam or Belgium, month by month?
-- It needs US imports by month (census_bulk) and exports of third countries (comtrade): no row before they
-- are fetched.
select
    period,
    hub_iso3,
    exported_t,
    hub_output_t,
    implied_reexport_t,
    implied_reexport_share,
    import_jump_ratio,
    unit_value_match,
    flag,
    coverage
from marts.transshipment_watch
where product_group = 'antimony' and hub_iso3 in ('THA', 'MEX', 'VNM', 'BEL')
order by period, hub_iso3;
