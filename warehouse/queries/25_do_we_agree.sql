-- How well does this warehouse agree with what is published, check by check, and why where it does not?
-- Each row compares figures computed here with the same figures as a publisher prints them. A withheld input
-- leaves bounds. A published figure within such bounds is not an agreement and is counted separately, and the
-- percentages are of all figures compared. The first row has all checks together; they compare different
-- figures, so it has no largest difference.
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
        100.0 * count(*) filter (passed and reason_code = 'agrees') / count(*) as agreed_pct,
        100.0 * count(*) filter (passed and reason_code != 'agrees') / count(*) as within_bounds_pct,
        if(check_id is null, null, max(abs(difference))) as largest_difference,
        if(check_id is null, null, any_value(unit)) as unit,
        replace(
            string_agg(
                distinct replace(reason_code, '_', ' '), ', ' order by replace(reason_code, '_', ' ')
            ) filter (not passed), 'baci', 'BACI'
        ) as reasons
    from marts.reconciliation
    group by grouping sets ((), (check_id))
),

named as (
    select
        checks.*,
        case
            when checks.check_id is null then 'All checks together'
            else concat(
                kinds.compared_figures,
                regexp_replace(
                    replace(substr(checks.check_id, 1 + length(coalesce(kinds.prefix, ''))), '_', ' '),
                    '^(\d{4}) ', '\1: '
                )
            )
        end as compared_figures
    from checks
    left join kinds on starts_with(checks.check_id, kinds.prefix)
),

most as (
    select
        concat(
            compared_figures,
            ' (',
            disagreed,
            ' of ',
            compared,
            ', ',
            round(100.0 * disagreed / compared)::int,
            ' %; ', reasons, ')'
        ) as most_disagreements
    from named
    where check_id is not null and disagreed > 0
    order by disagreed desc, disagreed / compared desc, check_id asc
    limit 1
)

select
    named.compared_figures,
    named.years,
    named.compared,
    named.agreed,
    named.within_bounds,
    named.disagreed,
    named.agreed_pct,
    named.within_bounds_pct,
    named.largest_difference,
    named.unit,
    named.reasons,
    case when named.check_id is null then most.most_disagreements end as most_disagreements
from named
left join most on true
order by
    named.check_id is null desc,
    named.disagreed desc,
    named.agreed_pct asc nulls last,
    named.check_id asc;
