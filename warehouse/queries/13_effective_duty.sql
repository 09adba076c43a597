-- What duty is actually paid, by mineral and origin, against the duty that the schedule states?
-- Paid is the calculated duty of US customs over the newest year, as a percentage of value; the schedule is
-- HTS with its additional duties. Its rate for the year is a mean of the months weighted by value where they
-- are held, as for Canada and Mexico, and otherwise a mean of the days, although goods may have entered at
-- the rates of other days. preferential_rate_pct is due if every eligible entry claims its agreement. If the
-- statutory rate has a low bound, it is at most the rate stated. The totals come first; they count each code
-- once, although it may hold several minerals, and leave out finished goods made of minerals, such as
-- batteries. The rows by mineral after them are parts and must not be added; the ten largest of finished
-- goods come last and are in no total.
with exposed as (
    select
        paid.*,
        minerals.name as mineral
    from marts.tariff_exposure as paid
    inner join core.dim_mineral as minerals on paid.mineral_id = minerals.mineral_id
    where paid.area = 'USA' and paid.period_type = 'year' and paid.calculated_duty_usd > 0
    qualify paid.period = max(paid.period) over ()
),

parts as (
    select *
    from exposed
    qualify
        row_number() over (
            partition by stage = 'end_form'
            order by calculated_duty_usd desc, mineral_id asc, stage asc, origin_iso3 asc
        ) <= case when stage = 'end_form' then 10 else 100 end
),

totals as (
    select
        origin_iso3,
        period,
        sum(value_usd)::bigint as value_usd,
        sum(calculated_duty_usd)::bigint as calculated_duty_usd,
        100 * sum(calculated_duty_usd) / sum(value_usd) as effective_rate_pct,
        sum(value_usd * coalesce(statutory_low_pct, statutory_rate_pct))
        / sum(value_usd) filter (statutory_rate_pct is not null) as statutory_low_pct,
        sum(value_usd * statutory_rate_pct) / sum(value_usd) filter (statutory_rate_pct is not null)
            as statutory_rate_pct,
        sum(value_usd * preferential_rate_pct) / sum(value_usd) filter (preferential_rate_pct is not null)
            as preferential_rate_pct,
        sum(value_usd) filter (is_weighted_by_month) / sum(value_usd) as by_month_share,
        if(count(statutory_rate_pct) < count(*), 'some_rates_not_ad_valorem', 'ok') as quality_flag,
        string_agg(distinct source_id, ';' order by source_id) || ';usitc_hts' as source_ids
    from marts.duty_paid
    where period_type = 'year' and form = 'mineral' and period in (select parts.period from parts)
    group by grouping sets ((period), (origin_iso3, period))
),

listed as (
    select
        null as mineral_id,
        'All minerals together' as mineral,
        'all but finished goods' as stage,
        *
    from totals
    where
        origin_iso3 is null
        or origin_iso3 in (
            select parts.origin_iso3 from parts
            where parts.stage != 'end_form'
        )
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
        statutory_low_pct,
        statutory_rate_pct,
        preferential_rate_pct,
        if(statutory_weighting = 'by_month_value', 1, 0) as by_month_share,
        quality_flag,
        source_ids
    from parts
)

select
    listed.mineral_id,
    listed.mineral,
    listed.stage,
    listed.origin_iso3,
    coalesce(countries.name, if(listed.origin_iso3 is null, 'all origins', listed.origin_iso3)) as origin,
    year(listed.period) as year,
    listed.value_usd,
    listed.calculated_duty_usd,
    listed.effective_rate_pct,
    if(listed.statutory_low_pct < listed.statutory_rate_pct - 0.05, listed.statutory_low_pct, null)
        as statutory_low_pct,
    listed.statutory_rate_pct,
    listed.preferential_rate_pct,
    listed.effective_rate_pct - listed.statutory_rate_pct as gap_pp,
    nullif(
        concat_ws(
            '; ',
            case
                when listed.effective_rate_pct > listed.statutory_rate_pct + 0.05
                    then 'more was paid than the schedule states'
            end,
            case
                when listed.preferential_rate_pct < listed.statutory_rate_pct - 0.05
                    then printf('with every preference claimed, %.1f %% is due', listed.preferential_rate_pct)
            end,
            case
                when coalesce(listed.by_month_share, 0) = 0
                    then 'the stated rate is a mean of days, and goods may have entered on others'
                when listed.by_month_share < 0.99
                    then 'the stated rates are means of days, and from Canada and Mexico of months by value'
            end
        ), ''
    ) as remark,
    listed.quality_flag,
    listed.source_ids
from listed
left join core.dim_country as countries on listed.origin_iso3 = countries.iso3
order by
    listed.mineral_id is null desc,
    listed.origin_iso3 is null desc,
    listed.stage = 'end_form' asc,
    listed.calculated_duty_usd desc,
    listed.mineral_id asc,
    listed.origin_iso3 asc;
