-- Projects, mines, plants and sites in the three countries, one per row, with stage and phase as listed by
-- the source.
select {{ facility_line_columns() | join(', ') }}
from {{ ref('stg_facility__line') }}
