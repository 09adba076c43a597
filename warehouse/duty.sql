-- The ordinary US duty on goods from an origin, on a day and a year before, with a row for each tariff line.
-- The goods are digits of a code, a mineral by any of its names, or a word of a product's description.
-- duty_pct is due without a claim under a trade agreement. For goods of Canada and Mexico, the rate with a
-- USMCA claim is stated too, and the share of their value that claimed USMCA in the newest twelve months
-- held.
with asked as (
    select
        $what as what,
        regexp_replace($what, '[. ]', '', 'g') as digits,
        coalesce(
            (
                select any_value(iso3) from core.dim_country
                where upper($origin) in (iso3, iso2) or lower($origin) = lower(name)
            ),
            error(concat('No country is called ', $origin))
        ) as origin_iso3,
        $day::date as on_day
),

named as (
    select mineral_id
    from core.dim_mineral_name
    where strip_accents(lower(mineral_name)) = strip_accents(lower(trim($what)))
),

-- a group has the lines of its members; a name without lines is looked for in product descriptions
called as (
    select distinct minerals.mineral_id
    from core.dim_mineral as minerals
    where
        (minerals.mineral_id in (from named) or minerals.group_id in (from named))
        and exists (
            from marts.tariff_schedule as schedule
            where list_contains(split(schedule.mineral_ids, ';'), minerals.mineral_id)
        )
),

-- match singular and plural either way
worded as (
    select distinct left(hs_code, 8) as code
    from core.dim_product
    where
        nomenclature not like 'SCH%' and not exists (from called)
        and contains(lower(description), regexp_replace(lower(trim($what)), '(ies|y|s)$', ''))
),

lines as (
    select distinct schedule.hts8
    from marts.tariff_schedule as schedule
    cross join asked
    where
        case
            when regexp_full_match(asked.digits, '\d{4,}')
                then starts_with(schedule.hts8, left(asked.digits, 8))
            else
                exists (
                    from called
                    where list_contains(split(schedule.mineral_ids, ';'), called.mineral_id)
                )
                or exists (from worded where starts_with(schedule.hts8, worded.code))
        end
),

-- named as in the bridge for the line or its heading, otherwise as in the schedule, without subordinate lines
products as (
    select
        lines.hts8,
        coalesce(
            any_value(products.description order by length(products.hs_code) desc, products.hs_code),
            any_value(array_to_string(list_slice(split(tariffs.line_text, ' > '), -2, -1), ' > '))
        ) as product
    from lines
    left join core.dim_product as products on starts_with(lines.hts8, products.hs_code)
    left join core.fct_tariff as tariffs on lines.hts8 = tariffs.hts8
    group by lines.hts8
),

usmca as (
    select iso3
    from core.dim_bloc_member
    where bloc = 'USMCA' and iso3 in (select origin_iso3 from asked)
),

days as (
    select unnest([on_day, (on_day - interval 1 year)::date]) as on_day
    from asked
),

rates as (
    select
        schedule.hts8,
        days.on_day,
        coalesce(schedule.total_ad_valorem_pct, schedule.last_known_total_pct) as duty_pct,
        case
            when exists (from usmca)
                then coalesce(schedule.preferential_total_ad_valorem_pct, claimed.preferential_total_ad_valorem_pct)
        end as with_usmca_claim_pct,
        schedule.known_through,
        schedule.mfn_rate_text,
        schedule.parse_status,
        schedule.rate_status
    from marts.tariff_schedule as schedule
    inner join lines on schedule.hts8 = lines.hts8
    inner join asked on schedule.origin_iso3 = asked.origin_iso3
    inner join days
        on
            days.on_day >= schedule.valid_from
            and days.on_day <= coalesce(schedule.valid_to, date '9999-12-31')
    -- after the last day of the schedule, the rate with a claim is the last known one, like the rate without
    left join marts.tariff_schedule as claimed
        on
            schedule.rate_status = 'not_known_after'
            and schedule.hts8 = claimed.hts8
            and schedule.origin_iso3 = claimed.origin_iso3
            and schedule.known_through between claimed.valid_from and claimed.valid_to
),

claims as (
    select
        hts8,
        100.0 * sum(usmca_value_usd) / nullif(sum(value_usd), 0) as usmca_claimed_pct
    from marts.usmca_claim
    where
        is_recorded
        and origin_iso3 in (select origin_iso3 from asked)
        and period > (select max(period) from marts.usmca_claim) - interval 12 month
    group by hts8
)

select
    products.hts8,
    products.product,
    asked.origin_iso3,
    asked.on_day,
    now.duty_pct,
    now.with_usmca_claim_pct,
    claims.usmca_claimed_pct,
    case
        when now.hts8 is null then 'no rate held for that origin and day'
        when now.rate_status = 'not_known_after' then concat('last known, of ', now.known_through)
        else 'known'
    end as status,
    before.duty_pct as a_year_before_pct,
    before.with_usmca_claim_pct as a_year_before_with_usmca_claim_pct,
    case
        when now.parse_status not in ('ad_valorem', 'free')
            then concat('base rate as printed: ', now.mfn_rate_text)
    end as note
from products
cross join asked
left join rates as now on products.hts8 = now.hts8 and asked.on_day = now.on_day
left join rates as before on products.hts8 = before.hts8 and asked.on_day > before.on_day
left join claims on products.hts8 = claims.hts8
-- lines that name the goods come before baskets, and before articles made of the goods
order by starts_with(lower(products.product), lower(asked.what)) desc, products.hts8 asc;
