-- Dated membership of country blocs, as a member or through the European Union.
select
    bloc,
    iso3,
    valid_from::date as valid_from,
    valid_to::date as valid_to,
    valid_from::date <= {{ today() }} and coalesce(valid_to::date, date '9999-12-31') >= {{ today() }}
        as is_member_today,
    role,
    confidence,
    source
from {{ ref('blocs') }}
