-- Trade in an edition of the Harmonized System that seeds/mineral_hs.csv does not cover. Codes may have
-- moved, and goods under a code missing from the bridge are also missing from core.fct_trade.
{{ config(severity='warn') }}

select
    source_id,
    nomenclature,
    min(period) as first_period,
    count(distinct hs_code) as codes,
    sum(value_usd) as value_usd
from {{ ref('fct_trade') }}
where
    nomenclature not in (
        'HTS', 'Schedule B', 'CIMT', 'HS', 'CN', 'NCM',
        'H0', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6',
        'HS88', 'HS92', 'HS96', 'HS02', 'HS07', 'HS12', 'HS17', 'HS22'
    )
group by source_id, nomenclature
