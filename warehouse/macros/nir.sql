-- Net import reliance of an area in a year, by every basis and edition that states it, with its bounds.
-- Example: from nir('USMCA', 'cobalt', 2024);
create macro main.nir(of_area, of_mineral, in_year) as table
select
    area,
    mineral_id,
    year,
    basis,
    edition,
    net_import_reliance_pct,
    nir_qualifier,
    nir_low_pct,
    nir_high_pct,
    published_nir_pct,
    us_dependency_on_outside_pct,
    bloc_net_dependency_pct,
    bloc_net_dependency_low_pct,
    bloc_net_dependency_high_pct,
    coverage
from marts.import_dependency
where area = of_area and mineral_id = of_mineral and year = in_year
order by edition desc, basis;

comment on macro table main.nir is
'Net import reliance in percent with bounds. Example: from nir(''USMCA'', ''cobalt'', 2024)';
