{{ config(severity='warn') }}
-- A check of reconciliation has two figures of two origins: no kind of check agrees to the last digit
-- everywhere, as a sum held against itself does, and each says how it ended.
select
    check_id,
    count(*) as checks
from {{ ref('reconciliation') }}
-- the lines of customs are held against the archive's own totals to the dollar
where computed is not null and subject != 'imports_for_consumption'
group by check_id
having
    (count(*) >= 20 and bool_and(abs(computed - published) <= 1e-9 * abs(published)))
    or bool_or(reason_code is null)
