-- Projects, mines, plants and sites of the three, one a row, with stage and phase as listed by the source.
select {{ facility_line_columns() | join(', ') }}
from {{ ref('stg_facility__line') }}
