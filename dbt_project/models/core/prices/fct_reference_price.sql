-- The reference price of a mineral at a stage: by month where a monthly series exists, and always by year.
-- The annual price is the mean of twelve months, or otherwise the price that USGS prints. One series per
-- mineral and stage.
with stated as (
    select
        *,
        count(*) over (partition by series_id, mineral_id, stage, period_type) as periods
    from {{ ref('fct_price') }}
    -- 9 marks a series that is never a reference, such as one in real dollars
    where reference_order < 9
),

-- a few months of one series do not displace the annual prices of another
candidates as (
    select
        *,
        min(series_id) over equals != max(series_id) over equals as has_rival
    from stated
    where period_type = 'year' or periods >= 12
    window equals as (partition by mineral_id, stage, period_type, reference_order, source_id)
),

-- Two series of the same source and rank price different goods (phosphate fertilizers), so neither represents
-- the stage. Of two sources with the same rank, the first by name is used, so that a new source never removes
-- a price.
ranked as (
    select *
    from candidates
    where not has_rival
    qualify
        dense_rank() over (
            partition by mineral_id, stage, period_type order by reference_order, source_id
        ) = 1
),

monthly as (
    select * from ranked
    where period_type = 'month'
),

full_years as (
    select
        source_id,
        series_id,
        mineral_id,
        stage,
        date_trunc('year', period)::date as period,
        'year' as period_type,
        basis,
        contained_element,
        {{ mean_in_order('usd_per_kg', 'period') }} as usd_per_kg,
        min(archive_id) as archive_id
    from monthly
    group by
        source_id, series_id, mineral_id, stage, date_trunc('year', period)::date, basis, contained_element
    having count(*) = 12
),

printed_years as (
    select ranked.*
    from ranked
    anti join monthly on ranked.mineral_id = monthly.mineral_id and ranked.stage = monthly.stage
    where ranked.period_type = 'year'
)

select
    source_id,
    series_id,
    mineral_id,
    stage,
    period,
    period_type,
    basis,
    contained_element,
    usd_per_kg,
    archive_id
from monthly
union all
select * from full_years
union all
select
    source_id,
    series_id,
    mineral_id,
    stage,
    period,
    period_type,
    basis,
    contained_element,
    usd_per_kg,
    archive_id
from printed_years
