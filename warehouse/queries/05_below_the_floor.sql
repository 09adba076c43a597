-- Which imports landed below a price floor in the last two years, and what would be charged, by origin?
-- Only lines with a reported weight are compared with the floor. The last rows list lines without weights,
-- and lines whose weights end earlier, with their last day.
with recent as (
    select
        *,
        period > max(period) over () - interval 24 month as is_recent
    from marts.price_floor
),

newest as (
    select *
    from recent
    where is_recent
    qualify dense_rank() over (partition by scenario_id, hs_code order by period desc) = 1
),

judged as (
    select
        scenario_id,
        is_precedent,
        mineral_id,
        hs_code,
        origin_iso3,
        period,
        quantity_kg,
        landed_usd_per_kg,
        floor_usd_per_kg,
        border_adjustment_usd,
        ad_valorem_equivalent_pct,
        exempt_reason,
        quality_flag
    from newest
    where below_floor
),

not_judged as (
    select
        scenario_id,
        bool_or(is_precedent) as is_precedent,
        string_agg(distinct mineral_id, ', ' order by mineral_id) as mineral_id,
        count(distinct hs_code) || ' codes' as hs_code,
        null as origin_iso3,
        max(period) as period,
        null as quantity_kg,
        null as landed_usd_per_kg,
        null as floor_usd_per_kg,
        null as border_adjustment_usd,
        null as ad_valorem_equivalent_pct,
        null as exempt_reason,
        'no weights to judge by for USD ' || sum(value_usd) || ' of imports' as quality_flag
    from newest
    where quantity_method != 'reported'
    group by scenario_id
),

lapsed as (
    select
        scenario_id,
        bool_or(is_precedent) as is_precedent,
        string_agg(distinct mineral_id, ', ' order by mineral_id) as mineral_id,
        count(distinct hs_code) || ' codes' as hs_code,
        null as origin_iso3,
        max(period) as period,
        null as quantity_kg,
        null as landed_usd_per_kg,
        null as floor_usd_per_kg,
        null as border_adjustment_usd,
        null as ad_valorem_equivalent_pct,
        null as exempt_reason,
        'weights end before the last two years' as quality_flag
    from recent
    where
        quantity_method = 'reported'
        and not is_recent
        and (scenario_id, hs_code) not in (
            select (newest.scenario_id, newest.hs_code)
            from newest
            where newest.quantity_method = 'reported'
        )
    group by scenario_id
)

select * from judged
union all
select * from not_judged
union all
select * from lapsed
order by border_adjustment_usd desc nulls last, scenario_id asc, hs_code asc, origin_iso3 asc;
