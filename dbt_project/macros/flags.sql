{# The marts with a column that uses the words of seeds.flag_words. #}
{% macro flagged_marts() -%}
    {{ return({
        'coverage': [
            'binding_floor', 'bloc_scenario', 'capacity_outlook', 'disruption_scenario', 'disruption_sensitivity', 'end_use_exposure', 'floor_pass_through',
            'import_dependency', 'import_sources', 'mirror_gap', 'partner_ranking', 'processing_gap',
            'regulatory_matrix', 'restricted_supply', 'scrap_balance', 'stockpile_cover', 'supplier_concentration',
            'supplier_standards', 'transshipment_watch', 'world_production',
        ],
        'quality_flag': [
            'china_price_gap', 'control_response', 'floor_basis', 'market_distortion', 'policy_calendar', 'price_floor', 'tariff_exposure',
            'tariff_schedule', 'usmca_utilization',
        ],
    }) }}
{%- endmacro %}
