-- Commodities that a project, mine or plant of Canada names.
select
    layer,
    name,
    subdivision,
    phrase,
    _archive_id,
    _vintage as vintage
from {{ current_rows('nrcan_projects__commodity', cells=['layer']) }}
