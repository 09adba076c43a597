-- The ordinary duty on a US tariff line from an origin on a day: MFN or column 2 rate, additions by programme, their total, and
-- the total with the USMCA or another preference. After `known_through` only `last_known_total_pct` is given,
-- without additions that have ended since by their own last day. Anti-dumping and
-- countervailing duties are not included. A line that the schedule lacks, or an origin without rates, is refused.
-- Example: from duty_on('8507.60.00', 'CHN', date '2026-05-01');
create macro main.duty_on(of_line, from_origin, day) as table
with asked as (
    select
        left(replace(of_line::varchar, '.', ''), 8) as hts8,
        coalesce(
            (select any_value(iso3) from core.dim_country where upper(from_origin) in (iso3, iso2) or lower(from_origin) = lower(name)),
            error(concat('No country is called ', from_origin))
        ) as origin_iso3,
        day::date as on_day
),

found as (
    select
        asked.on_day,
        schedule.hts8,
        schedule.origin_iso3,
        schedule.rate_status,
        schedule.total_ad_valorem_pct,
        schedule.preferential_total_ad_valorem_pct,
        schedule.last_known_total_pct,
        schedule.mfn_rate_text,
        schedule.base_ad_valorem_pct,
        schedule.additional_301_pct,
        schedule.additional_232_pct,
        schedule.additional_122_pct,
        schedule.additional_ieepa_pct,
        schedule.chapter99_codes,
        schedule.hts_release,
        schedule.known_through,
        concat_ws(
            '; ',
            case
                when schedule.rate_status = 'not_known_after'
                    then concat('the schedule and programmes held speak to ', schedule.known_through)
            end,
            case
                when schedule.parse_status != 'ad_valorem'
                    then concat('base rate: ', schedule.mfn_rate_text)
            end,
            'anti-dumping and countervailing duties are not held'
        ) as note,
        schedule.source_ids
    from asked
    inner join marts.tariff_schedule as schedule
        on
            asked.hts8 = schedule.hts8
            and asked.origin_iso3 = schedule.origin_iso3
            and asked.on_day >= schedule.valid_from
            and asked.on_day <= coalesce(schedule.valid_to, date '9999-12-31')
)

select * from found
union all by name
select
    on_day,
    asked.hts8,
    asked.origin_iso3,
    case
        when exists (from marts.tariff_schedule as schedule where schedule.hts8 = asked.hts8)
            then concat('this line is held, not from ', asked.origin_iso3, ' on that day')
        else concat('the schedule held has no line ', asked.hts8, ' of a mineral')
    end as note
from asked
where not exists (from found);

comment on macro table main.duty_on is
'Ordinary US duty on a line from an origin on a day, percent. Example: from duty_on(''8507.60.00'', ''CHN'', date ''2026-05-01'')';
