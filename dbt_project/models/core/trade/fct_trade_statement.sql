-- What each reporter has stated by source, flow and period, and whether in full: a download of selected codes
-- does not cover the others, so a code without a row may still have trade.
{%- set codes_of_a_whole_statement = 10 %}

select
    source_id,
    reporter_iso3,
    flow,
    period_type,
    period,
    count(distinct left(hs_code, 6))::integer as codes,
    codes >= {{ codes_of_a_whole_statement }} as is_whole
from {{ ref('fct_trade') }}
group by source_id, reporter_iso3, flow, period_type, period
