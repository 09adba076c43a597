-- The days on which a line's duty may change, by origin: a release, measure or exemption begins or has ended.
-- Origins are those that shipped the line, always the bloc, China and Russia, and ROW for any origin without
-- measures of its own.
with lines as (
    select
        hts8,
        valid_from,
        coalesce(valid_to, date '9999-12-31') as valid_to
    from {{ ref('fct_tariff') }}
),

origins as (
    select
        left(hs_code, 8) as hts8,
        partner_iso3 as origin_iso3
    from {{ ref('fct_trade') }}
    where
        reporter_iso3 = 'USA'
        and flow = 'import'
        and nomenclature = 'HTS'
        and partner_iso3 not in ('WLD', 'ZZZ', 'USA')
    union
    select
        lines.hts8,
        kept.iso3 as origin_iso3
    from lines
    cross join (values ('CAN'), ('MEX'), ('CHN'), ('RUS'), ('ROW')) as kept (iso3)
),

spans as (
    select
        reach.hts8,
        measure.origin_iso3,
        reach.valid_from,
        reach.valid_to
    from {{ ref('bridge_tariff_measure') }} as reach
    inner join {{ ref('dim_tariff_measure') }} as measure on reach.subject = measure.measure_id
    where reach.effect = 'applies'
    union all
    select
        hts8,
        '*' as origin_iso3,
        valid_from,
        valid_to
    from {{ ref('bridge_tariff_measure') }}
    where effect = 'exempts'
    union all
    select
        hts8,
        '*' as origin_iso3,
        valid_from,
        valid_to
    from lines
),

starts as (
    select
        hts8,
        origin_iso3,
        valid_from as day_from
    from spans
    union
    select
        hts8,
        origin_iso3,
        (valid_to + 1)::date as day_from
    from spans
    where valid_to < date '9999-12-31'
    union
    -- the day after the last day covered by the schedule and its measures
    select
        lines.hts8,
        '*' as origin_iso3,
        (horizon.known_through + 1)::date as day_from
    from lines
    cross join {{ ref('dim_tariff_horizon') }} as horizon
    union
    select
        reach.hts8,
        measure.origin_iso3,
        (measure.known_through + 1)::date as day_from
    from {{ ref('bridge_tariff_measure') }} as reach
    inner join {{ ref('dim_tariff_measure') }} as measure on reach.subject = measure.measure_id
    where reach.effect = 'applies' and measure.valid_to = date '9999-12-31'
)

select distinct
    origins.hts8,
    origins.origin_iso3,
    starts.day_from as valid_from
from origins
inner join starts
    on origins.hts8 = starts.hts8 and (origins.origin_iso3 = starts.origin_iso3 or starts.origin_iso3 = '*')
inner join lines
    on origins.hts8 = lines.hts8 and starts.day_from >= lines.valid_from and starts.day_from <= lines.valid_to
