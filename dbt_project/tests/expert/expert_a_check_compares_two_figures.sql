{{ config(severity='warn') }}
-- A reconciliation compares two figures of different origin. If a kind of check agrees to the last digit
-- everywhere, it compares a sum with itself. Every check states its result.
select
    check_id,
    count(*) as checks
from {{ ref('reconciliation') }}
-- customs lines are compared to the dollar with the totals in the archive itself
where computed is not null and subject != 'imports_for_consumption'
group by check_id
having
    (count(*) >= 20 and bool_and(abs(computed - published) <= 1e-9 * abs(published)))
    or bool_or(reason_code is null)
