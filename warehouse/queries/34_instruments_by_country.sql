-- Which instruments do countries use on critical minerals, how many as last known, and since when?
select
    country_name,
    instrument,
    n_in_force,
    n_measures,
    n_minerals,
    first_year,
    newest_year,
    known_through,
    coverage
from marts.regulatory_matrix
order by is_bloc desc, n_in_force desc, country_name asc, instrument asc;
