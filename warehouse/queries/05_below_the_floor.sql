-- Which imports landed below a price floor in the last two years, and what would be charged, by origin?
-- The floor is the mean price of 2019 to 2023, or of those years with a price: floor_rests_on has how many.
-- The total over the months judged and the part of the imports that could be judged come first: only months
-- with a weight by origin can be. Each further row is what an origin shipped below the floor in the months
-- named, and these add up to the total. by_other_floors has the charge at other floors, which are
-- alternatives and are not added. The total of question 6 is larger: it takes the newest year of each
-- mineral, also years without months, and this one only months of the last two years. The last rows name
-- what was not judged.
with newest as (
    select
        *,
        case
            when scenario_id like '%exempt'
                then concat(
                    'if members of ', upper(regexp_extract(scenario_id, '_([a-z]+)_exempt$', 1)),
                    ' are exempt'
                )
            when scenario_id = 'usa_last_bloc_output' then 'at the last price with output of the three'
            when scenario_id = 'usa_non_china_median'
                then 'at the price that half of other imports landed below'
            when scenario_id = 'usa_market_unit_value' then 'at the mean price of imports from others'
            else concat('at the ', replace(replace(scenario_id, 'usa_', ''), '_', ' '))
        end as scenario
    from marts.price_floor
    where area = 'USA' and not is_precedent
    qualify period > max(period) over () - interval 24 month
),

chosen as (
    select *
    from newest
    where scenario_id = 'usa_five_year_mean'
),

other_floors as (
    select
        mineral_id,
        hs_code,
        origin_iso3,
        scenario,
        sum(border_adjustment_usd) as charged_usd
    from newest
    where below_floor and scenario_id != 'usa_five_year_mean'
    group by mineral_id, hs_code, origin_iso3, scenario
),

others as (
    select
        mineral_id,
        hs_code,
        origin_iso3,
        string_agg(concat('USD ', format('{:,}', charged_usd), ' ', scenario), '; ' order by scenario)
            as by_other_floors
    from other_floors
    group by mineral_id, hs_code, origin_iso3
),

below as (
    select
        mineral_id,
        hs_code,
        origin_iso3,
        concat(
            strftime(min(period), '%Y-%m'),
            if(max(period) > min(period), concat(' to ', strftime(max(period), '%Y-%m')), '')
        ) as period,
        count(*) as months,
        sum(value_usd) as value_usd,
        sum(quantity_kg) as quantity_kg,
        any_value(floor_usd_per_kg) as floor_usd_per_kg,
        concat(any_value(floor_years_held), ' of ', any_value(floor_years_asked), ' years') as floor_rests_on,
        sum(border_adjustment_usd) as border_adjustment_usd,
        string_agg(distinct source_ids, ';' order by source_ids) as source_ids
    from chosen
    where below_floor
    group by mineral_id, hs_code, origin_iso3
),

by_mineral as (
    select
        below.mineral_id,
        concat_ws(' to ', min(left(below.period, 7)), max(right(below.period, 7))) as period,
        sum(below.border_adjustment_usd) as border_adjustment_usd
    from below
    group by below.mineral_id
),

largest as (
    select
        concat(
            printf(
                '%.1f %% of it on ',
                100.0 * max(by_mineral.border_adjustment_usd) / sum(by_mineral.border_adjustment_usd)
            ),
            arg_max(lower(minerals.name), by_mineral.border_adjustment_usd), ' of ',
            arg_max(by_mineral.period, by_mineral.border_adjustment_usd)
        ) as in_words
    from by_mineral
    inner join core.dim_mineral as minerals on by_mineral.mineral_id = minerals.mineral_id
),

months_judged as (
    select concat_ws(' to ', strftime(min(period), '%Y-%m'), strftime(max(period), '%Y-%m')) as period
    from chosen
    where quantity_method = 'reported' and period_type = 'month'
),

by_scenario as (
    select
        scenario,
        sum(charged_usd) as charged_usd
    from other_floors
    where not starts_with(scenario, 'if members')
    group by scenario
),

at_other_floors as (
    select
        string_agg(printf('USD %.1f million %s', charged_usd / 1e6, scenario), '; ' order by charged_usd desc)
            as in_words
    from by_scenario
),

-- a year without weights counts without its months that have weights
judged_of_a_year as (
    select
        hs_code,
        origin_iso3,
        year(period) as import_year,
        sum(value_usd) as value_usd
    from chosen
    where quantity_method = 'reported' and period_type = 'month'
    group by hs_code, origin_iso3, year(period)
),

not_judged as (
    select
        chosen.hs_code,
        greatest(chosen.value_usd - coalesce(judged_of_a_year.value_usd, 0), 0) as value_usd,
        year(chosen.period) as import_year,
        chosen.quantity_method = 'not_credible' as has_a_weight
    from chosen
    left join judged_of_a_year
        on
            chosen.period_type = 'year'
            and chosen.hs_code = judged_of_a_year.hs_code
            and chosen.origin_iso3 = judged_of_a_year.origin_iso3
            and year(chosen.period) = judged_of_a_year.import_year
    where chosen.quantity_method != 'reported'
),

totals as (
    select
        (
            select sum(chosen.value_usd) from chosen
            where chosen.quantity_method = 'reported'
        ) as judged_usd,
        (
            select count(distinct chosen.hs_code) from chosen
            where chosen.quantity_method = 'reported'
        ) as judged_codes,
        sum(value_usd) as not_judged_usd,
        count(distinct hs_code) as codes,
        string_agg(distinct import_year::varchar, ', ' order by import_year::varchar)
        filter (not has_a_weight) as years
    from not_judged
),

listed as (
    select
        1 as place,
        coalesce(below.mineral_id, others.mineral_id) as mineral_id,
        coalesce(below.hs_code, others.hs_code) as hs_code,
        coalesce(below.origin_iso3, others.origin_iso3) as origin_iso3,
        below.period,
        below.quantity_kg,
        below.value_usd / below.quantity_kg as landed_usd_per_kg,
        below.floor_usd_per_kg,
        below.floor_rests_on,
        below.border_adjustment_usd,
        others.by_other_floors,
        if(
            below.hs_code is null, 'below another floor only',
            concat('below the floor in ', below.months, if(below.months = 1, ' month', ' months'))
        )
            as finding,
        below.source_ids
    from below
    full outer join others
        on
            below.mineral_id = others.mineral_id
            and below.hs_code = others.hs_code
            and below.origin_iso3 = others.origin_iso3
    union all by name
    select
        0 as place,
        concat(
            printf(
                'USD %.1f million on a value of USD %.1f million, ',
                sum(below.border_adjustment_usd) / 1e6,
                sum(below.value_usd) / 1e6
            ),
            any_value(largest.in_words)
        ) as finding,
        any_value(months_judged.period) as period,
        sum(below.border_adjustment_usd) as border_adjustment_usd,
        any_value(at_other_floors.in_words) as by_other_floors,
        string_agg(distinct below.source_ids, ';' order by below.source_ids) as source_ids
    from below
    cross join months_judged
    cross join largest
    cross join at_other_floors
    having count(*) > 0
    union all by name
    select
        0.5 as place,
        concat(
            'could be judged: USD ', format('{:,}', judged_usd), ' of USD ',
            format('{:,}', judged_usd + not_judged_usd), ', which is ',
            printf('%.1f %%', 100.0 * judged_usd / (judged_usd + not_judged_usd)), ', in ', judged_codes,
            ' codes: months with a weight by origin'
        ) as finding
    from totals
    union all by name
    select
        4 as place,
        concat(
            'not judged: USD ', format('{:,}', not_judged_usd), ' in ', codes,
            ' codes, held as the value of a year (', years,
            ') without a weight, or with one that does not fit the price; the monthly files of US customs,',
            ' which an online refresh fetches, have weights'
        ) as finding
    from totals
    where not_judged_usd > 0
    union all by name
    select
        5 as place,
        concat(
            'earlier: weights by origin of ', count(distinct earlier.hs_code), ' further codes end in ',
            year(max(earlier.period)), '; question 6 has the charge of each year'
        ) as finding
    from marts.price_floor as earlier
    where
        earlier.scenario_id = 'usa_five_year_mean'
        and earlier.quantity_method = 'reported'
        and earlier.hs_code not in (
            select chosen.hs_code from chosen
            where chosen.quantity_method = 'reported'
        )
    having count(*) > 0
)

select
    listed.mineral_id,
    coalesce(minerals.name, if(listed.place < 1, 'All minerals together', null)) as mineral,
    listed.hs_code,
    listed.origin_iso3,
    coalesce(countries.name, if(listed.place < 1, 'all origins', null)) as origin,
    listed.period,
    listed.quantity_kg,
    listed.landed_usd_per_kg,
    listed.floor_usd_per_kg,
    listed.floor_rests_on,
    listed.border_adjustment_usd,
    case
        when listed.place < 1 or listed.landed_usd_per_kg is not null
            then round(100.0 * totals.judged_usd / (totals.judged_usd + totals.not_judged_usd), 1)
    end as judged_of_imports_pct,
    listed.finding,
    listed.by_other_floors,
    listed.source_ids
from listed
cross join totals
left join core.dim_mineral as minerals on listed.mineral_id = minerals.mineral_id
left join core.dim_country as countries on listed.origin_iso3 = countries.iso3
order by
    listed.place asc,
    listed.border_adjustment_usd desc nulls last,
    listed.hs_code asc,
    listed.origin_iso3 asc;
