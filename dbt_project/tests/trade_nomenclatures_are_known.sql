-- Trade in an edition of the Harmonized System that seeds.mineral_hs was not written for: codes may have
-- moved, and goods of a code that the bridge does not name are not in core.fct_trade.
{{ config(severity='warn') }}

select
    source_id,
    nomenclature,
    min(period) as first_period,
    count(distinct hs_code) as codes,
    sum(value_usd) as value_usd
from {{ ref('fct_trade') }}
where
    nomenclature not in ('HTS', 'Schedule B', 'CIMT', 'HS')
    and not regexp_matches(nomenclature, '^(H[0-6]|HS(88|92|96|02|07|12|17|22))$')
group by source_id, nomenclature
