-- One trade line per month, flow, code, partner and vintage, for every vintage that is held, summed over
-- provinces and US states. The sum is missing if one of the values is withheld.
select
    {{ trade_line({
        'source_id': "'statcan_cimt'",
        'reporter_code': "'CA'",
        'partner_code': 'country',
        'flow': "case flow when 'import' then 'import' else 'export' end",
        'hs_code': 'hs_code',
        'nomenclature': "'CIMT'",
        'period': 'period',
        'period_type': "'month'",
        'value_native': 'case when count(value_cad) = count(*) then sum(value_cad)::bigint::double end',
        'currency': "'CAD'",
        'vintage': '_vintage',
        'archive_id': 'min(_archive_id)',
    }) }}
from {{ vintage_rows('statcan_cimt__trade') }}
where flow in ('import', 'total_export')
group by period, flow, hs_code, country, _vintage
