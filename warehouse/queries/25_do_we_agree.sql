-- How well does this warehouse agree with what is published, check by check, and why where it does not?
select
    check_id,
    count(*) as compared,
    count(*) filter (passed) as agreed,
    100 * avg(passed::integer) as agreed_pct,
    max(abs(difference)) as largest_difference,
    any_value(unit) as unit,
    string_agg(distinct reason_code, ', ' order by reason_code) filter (not passed) as reasons
from marts.reconciliation
group by check_id
order by agreed_pct, check_id;
