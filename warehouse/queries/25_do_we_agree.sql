-- How well does this warehouse agree with what is published, check by check, and why where it does not?
-- A withheld input leaves bounds. A published figure within such bounds is not an agreement and is counted
-- separately.
select
    check_id,
    count(*) as compared,
    count(*) filter (passed and reason_code = 'agrees') as agreed,
    count(*) filter (passed and reason_code != 'agrees') as not_refuted,
    count(*) filter (not passed) as disagreed,
    100.0 * count(*) filter (passed and reason_code = 'agrees')
    / nullif(count(*) filter (reason_code != 'bounds_agree'), 0)
        as agreed_pct,
    max(abs(difference)) as largest_difference,
    any_value(unit) as unit,
    string_agg(distinct reason_code, ', ' order by reason_code) filter (not passed) as reasons
from marts.reconciliation
group by check_id
order by agreed_pct nulls last, check_id;
