-- Dated membership of country blocs; an open end means a member today.
select
    bloc,
    iso3,
    valid_from::date as valid_from,
    valid_to::date as valid_to,
    valid_to is null as is_member_today,
    source
from {{ ref('blocs') }}
