-- The price of a foreign market is not used if the same chapter prints that of the US market. The Summaries
-- of 2025 name the market in the column, in two cases misleadingly: fob is the US warehouse, and the European
-- dollars per pound of magnesium are those of US spot Western.
{%- set foreign = 'europe|rotterdam|london|lme' %}
{%- set domestic = 'u[.]s[.]|united states|north american|new york|_us_|_ny_|_fob_|european_dlb' %}

with printed as (
    select distinct
        edition,
        commodity,
        statistic,
        regexp_extract(lower(statistic), '{{ domestic }}', 0) != '' as is_us_market
    from {{ ref('stg_usgs_mcs__salient') }}
    where kind = 'price' and coalesce(value, value_low) is not null
)

select
    series.edition,
    series.commodity,
    series.statistic,
    printed.statistic as us_market
from {{ ref('usgs_prices') }} as series
inner join printed on series.edition = printed.edition and series.commodity = printed.commodity
where
    regexp_extract(lower(series.statistic), '{{ foreign }}', 0) != ''
    and regexp_extract(lower(series.statistic), '{{ domestic }}', 0) = ''
    and printed.is_us_market
