-- One row a month, flow, code, partner and vintage, for every vintage that is held, summed over provinces and
-- US states. The sum is missing if one of the values is withheld.
select
    period,
    case flow when 'import' then 'import' else 'export' end as flow,
    hs_code,
    country as country_code,
    case when count(value_cad) = count(*) then sum(value_cad)::bigint end as value_cad,
    min(_archive_id) as _archive_id,
    _vintage as vintage
from {{ vintage_rows('statcan_cimt__trade') }}
where flow in ('import', 'total_export')
group by period, flow, hs_code, country, _vintage
