-- A mineral without a code of its own has no figure that is based on codes: no duty, claim or floor.
{%- set marts = ['tariff_exposure', 'usmca_utilization', 'price_floor'] %}
with measured as (
    select distinct
        mineral_id,
        stage
    from {{ ref('bridge_trade_product') }}
    where not is_allocation_only
)
{% for mart in marts %}
    select
        '{{ mart }}' as mart,
        figures.mineral_id,
        figures.stage,
        count(*) as figures
    from {{ ref(mart) }} as figures
    left join measured on figures.mineral_id = measured.mineral_id and figures.stage = measured.stage
    where measured.mineral_id is null
    group by figures.mineral_id, figures.stage
    {{ 'union all' if not loop.last }}
{%- endfor %}
