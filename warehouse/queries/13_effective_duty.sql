-- What duty is actually paid, by mineral and origin, against the duty that the schedule states?
-- Paid is the calculated duty of US customs over the newest year, as a percentage of value; the schedule is
-- HTS with its additional duties, weighted over the year. preferential_rate_pct is due if every eligible
-- entry claims the agreement. The totals of origins come first and count each code once, although it may hold
-- several minerals: the rows by mineral after them are parts and must not be added to the totals. Finished
-- goods made of minerals, such as batteries, are in the totals and come last among the parts.
with parts as (
    select
        paid.*,
        minerals.name as mineral
    from marts.tariff_exposure as paid
    inner join core.dim_mineral as minerals on paid.mineral_id = minerals.mineral_id
    where paid.area = 'USA' and paid.period_type = 'year' and paid.calculated_duty_usd > 0
    qualify paid.period = max(paid.period) over ()
    order by paid.stage = 'end_form' asc, paid.calculated_duty_usd desc
    limit 100
),

totals as (
    select
        origin_iso3,
        period,
        sum(value_usd)::bigint as value_usd,
        sum(calculated_duty_usd)::bigint as calculated_duty_usd,
        100 * sum(calculated_duty_usd) / sum(value_usd) as effective_rate_pct,
        sum(value_usd * statutory_rate_pct) / sum(value_usd) filter (statutory_rate_pct is not null)
            as statutory_rate_pct,
        sum(value_usd * preferential_rate_pct) / sum(value_usd) filter (preferential_rate_pct is not null)
            as preferential_rate_pct,
        if(count(statutory_rate_pct) < count(*), 'some_rates_not_ad_valorem', 'ok') as quality_flag,
        string_agg(distinct source_id, ';' order by source_id) || ';usitc_hts' as source_ids
    from marts.duty_paid
    where
        period_type = 'year'
        and (origin_iso3, period) in (select (parts.origin_iso3, parts.period) from parts)
        and hs_code in (
            select products.hs_code from core.bridge_trade_product as products
            where products.nomenclature = 'HTS' and not products.is_allocation_only
        )
    group by origin_iso3, period
),

listed as (
    select
        null as mineral_id,
        'All minerals together' as mineral,
        'all stages' as stage,
        *,
        effective_rate_pct - statutory_rate_pct as gap_pp
    from totals
    union all by name
    select
        mineral_id,
        mineral,
        stage,
        origin_iso3,
        period,
        value_usd,
        calculated_duty_usd,
        effective_rate_pct,
        statutory_rate_pct,
        preferential_rate_pct,
        gap_pp,
        quality_flag,
        source_ids
    from parts
)

select
    mineral_id,
    mineral,
    stage,
    origin_iso3,
    year(period) as year,
    value_usd,
    calculated_duty_usd,
    effective_rate_pct,
    statutory_rate_pct,
    preferential_rate_pct,
    gap_pp,
    quality_flag,
    source_ids
from listed
order by mineral_id is null desc, stage = 'end_form' asc, calculated_duty_usd desc;
