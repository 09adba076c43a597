-- How does the total charge at the border under a price floor change when members of a group are exempt?
-- The floor is the mean price of 2019 to 2023, and the groups are alternatives that are not added. Only
-- imports with a reported weight are compared with the floor; judged_share is their part of the value. Of
-- each mineral, the year that counts is the newest one of which at least half of the value could be judged,
-- or else the year of which most could be; year_is says which. If months of that year are not held,
-- counted_months says which ones count. The rows of all minerals are the sums of
-- these: import_year has the first and the last year, and no mineral counts twice. Other years come last.
-- The total of question 5 is smaller: it has only the months of the last two years, and this one also years.
-- In years in which the group had no members, no origin is exempt.
-- of a year that is held neither as a year nor by twelve months
with months as (
    select
        area,
        year(period) as year,
        bool_or(period_type = 'year') or count(distinct period) = 12 as is_whole,
        if(is_whole, null, strftime(min(period), '%Y-%m')) as first_month,
        if(is_whole, null, strftime(max(period), '%Y-%m')) as last_month
    from marts.price_floor
    group by area, year(period)
),

by_mineral as (
    select
        regexp_extract(floors.scenario_id, '_([a-z]+)_exempt$', 1) as bloc,
        floors.area,
        floors.mineral_id,
        year(floors.period) as import_year,
        months.first_month,
        months.last_month,
        sum(floors.unexempted_adjustment_usd) as without_exemption_usd,
        sum(floors.border_adjustment_usd) as with_exemption_usd,
        sum(floors.value_usd) filter (floors.quantity_method = 'reported') as judged_usd,
        sum(floors.value_usd) as value_usd,
        string_agg(distinct floors.source_ids, ';' order by floors.source_ids)
        filter (floors.quantity_method = 'reported') as source_ids
    from marts.price_floor as floors
    inner join months on floors.area = months.area and year(floors.period) = months.year
    where floors.scenario_id like '%exempt'
    group by
        floors.scenario_id, floors.area, floors.mineral_id, year(floors.period), months.first_month,
        months.last_month
    having sum(floors.unexempted_adjustment_usd) > 0
),

ranked as (
    select
        *,
        coalesce(judged_usd, 0) / value_usd as part,
        part >= 0.5 as is_well_judged,
        row_number() over (
            partition by bloc, area, mineral_id
            order by is_well_judged desc, if(is_well_judged, import_year, part) desc, import_year desc
        ) as place
    from by_mineral
),

listed as (
    select
        ranked.*,
        minerals.name as mineral,
        ranked.import_year::varchar as years,
        concat_ws(' to ', ranked.first_month, nullif(ranked.last_month, ranked.first_month)) as months,
        case
            when ranked.place > 1 then 'another year'
            when ranked.is_well_judged then 'the newest year with at least half of the value judged'
            else 'the year with most of the value judged, which is less than half'
        end as year_is
    from ranked
    inner join core.dim_mineral as minerals on ranked.mineral_id = minerals.mineral_id
    union all by name
    select
        bloc,
        area,
        printf('%d minerals together', count(*)) as mineral,
        concat_ws(' to ', min(import_year), if(min(import_year) < max(import_year), max(import_year), null))
            as years,
        concat(
            if(
                min(import_year) < max(import_year),
                concat(years, ', of ', max(import_year), ' the months '),
                ''
            ),
            concat_ws(' to ', min(first_month), nullif(max(last_month), min(first_month)))
        ) as months,
        'each mineral in its newest year with at least half of the value judged, or else its best judged one'
            as year_is,
        1 as place,
        sum(without_exemption_usd) as without_exemption_usd,
        sum(with_exemption_usd) as with_exemption_usd,
        sum(judged_usd) as judged_usd,
        sum(value_usd) as value_usd,
        string_agg(distinct source_ids, ';' order by source_ids) as source_ids
    from ranked
    where place = 1
    group by bloc, area
)

select
    upper(bloc) as exempt_bloc,
    case bloc
        when 'msp' then 'the Minerals Security Partnership (MSP)'
        when 'forge' then 'FORGE, the successor of the Minerals Security Partnership'
        when 'usmca' then 'USMCA'
    end as exempt_bloc_name,
    area,
    mineral_id,
    mineral,
    years as import_year,
    if(contains(months, '-'), months, null) as counted_months,
    year_is,
    without_exemption_usd,
    with_exemption_usd,
    without_exemption_usd - with_exemption_usd as exempted_usd,
    nullif(round(100.0 * exempted_usd / without_exemption_usd, 1), 0) as exempted_pct,
    round(judged_usd / value_usd, 3) as judged_share,
    value_usd - judged_usd as not_judged_usd,
    source_ids
from listed
order by
    mineral_id is null desc,
    place > 1 asc,
    exempted_usd desc,
    exempt_bloc asc,
    area asc,
    mineral_id asc,
    years desc;
