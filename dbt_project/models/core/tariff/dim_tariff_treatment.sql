-- How the schedule treats an origin other than at the MFN rate: column 2, or free under the codes of its
-- agreements.
select
    iso3,
    bool_or(treatment = 'column_2') as is_column2,
    {{ sorted_list('program') }} as programs,
    min(valid_to) as valid_to
from {{ ref('tariff_treatments') }}
group by iso3
