-- US trade by month. Preference programme and district of unlading are finer than a trade line and are summed
-- over. Exports include re-exports, as in the other sources. Foreign goods also appear a second time as
-- re-exports.
select
    {{ trade_line({
        'source_id': "'census_bulk'",
        'reporter_code': "'1000'",
        'partner_code': 'country_code',
        'flow': "'import'",
        'hs_code': 'hts10',
        'nomenclature': "'HTS'",
        'period': 'period',
        'period_type': "'month'",
        'rate_provision': 'rate_provision',
        'district': 'entry_district',
        'value_usd': 'consumption_value_usd::double',
        'value_basis': "'customs'",
        'general_value_usd': 'general_value_usd',
        'dutiable_usd': 'dutiable_value_usd',
        'calculated_duty_usd': 'calculated_duty_usd',
        'charges_usd': 'consumption_charges_usd',
        'usmca_value_usd': "case when programme_claimed in ('S', 'S+') then consumption_value_usd else 0 end"
            ~ '::double',
        'quantity': 'quantity',
        'quantity_unit': 'quantity_unit',
        'quantity2': 'quantity2',
        'quantity2_unit': 'quantity2_unit',
        'net_weight_kg': 'net_weight_kg',
        'is_net_weight_estimated': 'false',
        'content_kg': 'content_kg',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_census_bulk__imports') }}
union all
select
    {{ trade_line({
        'source_id': "'census_bulk'",
        'reporter_code': "'1000'",
        'partner_code': 'exports.country_code',
        'flow': 'flows.flow',
        'hs_code': 'exports.schedule_b',
        'nomenclature': "'Schedule B'",
        'period': 'exports.period',
        'period_type': "'month'",
        'district': 'exports.district',
        'value_usd': 'exports.value_usd::double',
        'value_basis': "'fob'",
        'quantity': 'exports.quantity',
        'quantity_unit': 'exports.quantity_unit',
        'quantity2': 'exports.quantity2',
        'quantity2_unit': 'exports.quantity2_unit',
        'net_weight_kg': 'exports.net_weight_kg',
        'is_net_weight_estimated': 'false',
        'content_kg': 'exports.content_kg',
        'vintage': 'exports.vintage',
        'archive_id': 'exports._archive_id',
    }) }}
from {{ ref('stg_census_bulk__exports') }} as exports
inner join (values ('export', false), ('export', true), ('re_export', true)) as flows (flow, is_foreign)
    on exports.is_foreign = flows.is_foreign
