-- How well does this warehouse agree with what is published, check by check, and why where it does not?
-- Each row compares figures computed here with the same figures as a publisher prints them. A withheld input
-- leaves bounds. A published figure within such bounds is not an agreement and is counted separately. The
-- first row has all checks together; they compare different figures, so it has no largest difference.
with kinds (prefix, compared_figures) as (
    values
    ('usgs_nir_', 'net import reliance, USGS edition of '),
    ('usgs_consumption_', 'apparent consumption, USGS edition of '),
    ('usgs_world_total_', 'world output, USGS edition of '),
    ('baci_against_comtrade_USA_', 'US trade by BACI and UN Comtrade: '),
    ('baci_against_comtrade_CAN_', 'Canadian trade by BACI and UN Comtrade: '),
    ('baci_against_comtrade_MEX_', 'Mexican trade by BACI and UN Comtrade: '),
    ('price_pink_sheet_imf_', 'price by World Bank and IMF: ')
),

checks as (
    select
        check_id,
        concat(min(year), if(max(year) > min(year), concat(' to ', max(year)), '')) as years,
        count(*) as compared,
        count(*) filter (passed and reason_code = 'agrees') as agreed,
        count(*) filter (passed and reason_code != 'agrees') as within_bounds,
        count(*) filter (not passed) as disagreed,
        100.0 * count(*) filter (passed and reason_code = 'agrees')
        / nullif(count(*) filter (reason_code != 'bounds_agree'), 0)
            as agreed_pct,
        if(check_id is null, null, max(abs(difference))) as largest_difference,
        if(check_id is null, null, any_value(unit)) as unit,
        replace(
            string_agg(
                distinct replace(reason_code, '_', ' '), ', ' order by replace(reason_code, '_', ' ')
            ) filter (not passed), 'baci', 'BACI'
        ) as reasons
    from marts.reconciliation
    group by grouping sets ((), (check_id))
)

select
    if(
        checks.check_id is null,
        'All checks together',
        concat(
            kinds.compared_figures,
            regexp_replace(
                replace(substr(checks.check_id, 1 + length(coalesce(kinds.prefix, ''))), '_', ' '),
                '^(\d{4}) ', '\1: '
            )
        )
    ) as compared_figures,
    checks.years,
    checks.compared,
    checks.agreed,
    checks.within_bounds,
    checks.disagreed,
    checks.agreed_pct,
    checks.largest_difference,
    checks.unit,
    checks.reasons
from checks
left join kinds on starts_with(checks.check_id, kinds.prefix)
order by
    checks.check_id is null desc,
    checks.disagreed desc,
    checks.agreed_pct asc nulls last,
    checks.check_id asc;
