{#
    Trade statistics measure a line in one or two units, of which one may be its weight and one its content.
    These columns identify them by seeds.statistical_units and need the joins of `mass_joins`.
#}
{% macro mass_columns(quantity1, quantity2, unit1, unit2) -%}
    case when {{ unit1 }} != '' then {{ quantity1 }}::double end as quantity,
    nullif({{ unit1 }}, '') as quantity_unit,
    case when {{ unit2 }} != '' then {{ quantity2 }}::double end as quantity2,
    nullif({{ unit2 }}, '') as quantity2_unit,
    {{ mass_of('gross', quantity1, quantity2) }} as net_weight_kg,
    {{ mass_of('content', quantity1, quantity2) }} as content_kg
{%- endmacro %}

{# The first of the two quantities that is a weight (gross) or a content, in kg; missing if neither is. #}
{% macro mass_of(measure, quantity1, quantity2) -%}
    case '{{ measure }}'
        when units1.measure then {{ quantity1 }} * units1.kg_per_unit
        when units2.measure then {{ quantity2 }} * units2.kg_per_unit
    end
{%- endmacro %}

{# The meaning of the units of a source's two quantities. #}
{% macro mass_joins(source_id, unit1, unit2) -%}
left join {{ ref('statistical_units') }} as units1
    on units1.source_id = '{{ source_id }}' and {{ unit1 }} = units1.unit
left join {{ ref('statistical_units') }} as units2
    on units2.source_id = '{{ source_id }}' and {{ unit2 }} = units2.unit
{%- endmacro %}
