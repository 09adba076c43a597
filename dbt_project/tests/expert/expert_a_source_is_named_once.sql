{{ config(severity='warn') }}
-- A row names each of its sources once.
{%- set marts = [
    'binding_floor',
    'bloc_scenario',
    'capacity_outlook',
    'china_price_gap',
    'control_response',
    'disruption_scenario',
    'disruption_sensitivity',
    'end_use_exposure',
    'floor_basis',
    'floor_pass_through',
    'import_dependency',
    'market_distortion',
    'mirror_gap',
    'partner_ranking',
    'price_floor',
    'processing_gap',
    'project_pipeline',
    'public_support',
    'rd_activity',
    'reconciliation',
    'regulatory_matrix',
    'restricted_supply',
    'scrap_balance',
    'stockpile_cover',
    'supplier_standards',
    'tariff_exposure',
    'tariff_schedule',
    'transshipment_watch',
    'usmca_utilization',
    'vulnerability_component',
    'vulnerability_scorecard'
] %}
with lists as (
    {%- for mart in marts %}
        select distinct
            '{{ mart }}' as mart,
            source_ids
        from {{ ref(mart) }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
)

select
    lists.mart,
    lists.source_ids,
    named.source_id
from lists
cross join lateral unnest(split(lists.source_ids, ';')) as named (source_id)
group by lists.mart, lists.source_ids, named.source_id
having count(*) > 1
