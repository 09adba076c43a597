-- Rates of duty in the tariff schedule changed.
with lines as (
    select
        *,
        concat_ws('; ', mfn_rate_text, 'special ' || nullif(special_rate_text, ''), nullif(footnote_chapter99_codes, ''))
            as rate,
        lag(rate) over (partition by hts8 order by valid_from) as rate_before
    from core.fct_tariff
)

select
    'core.fct_tariff' as table_name,
    any_value(hts_release order by hts8) as key,
    valid_from as vintage_to,
    valid_from as day,
    concat(count(*), ' tariff ', if(count(*) = 1, 'line', 'lines'), ' changed on ', strftime(valid_from, '%-d %B %Y'))
        as title,
    array_to_string(
        list_slice(
            list(concat(hts8, ' (', replace(mineral_ids, ';', ', '), '): ', rate_before, ' to ', rate) order by hts8), 1, 8
        ), chr(10)
    ) as detail,
    arg_min(rate_before, hts8) as was,
    arg_min(rate, hts8) as became,
    any_value(source_id) as source_id,
    'tariffs' as anchor,
    concat('minerals explain tariff_schedule ', min(hts8), ' ', valid_from) as command
from lines
where rate_before is distinct from rate and rate_before is not null
group by valid_from;
