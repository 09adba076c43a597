-- Commodities of each project, mine or plant in Canada.
select
    layer,
    name,
    subdivision,
    phrase,
    _archive_id,
    _vintage as vintage
from {{ current_rows('nrcan_projects__commodity', cells=['layer']) }}
