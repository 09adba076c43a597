-- Which instruments do countries use on critical minerals, how many as last known, and since when?
-- Counts are of the measures on public lists, as last known on known_through, and are not exhaustive. A
-- measure that names no mineral counts for none. The three come first.
select
    country_name,
    replace(instrument, '_', ' ') as instrument,
    n_in_force,
    n_measures,
    nullif(n_minerals, 0) as n_minerals,
    first_year,
    newest_year,
    known_through,
    coverage,
    source_ids
from marts.regulatory_matrix
order by is_bloc desc, n_in_force desc, country_name asc, instrument asc;
