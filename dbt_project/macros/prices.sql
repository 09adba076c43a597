{# Price formulas, each written once; like those of formulas.sql they return null for a missing input. #}

{# The border adjustment that would raise a landed price to the floor, in the currency of the prices. #}
{% macro border_adjustment(floor_price, landed_price, quantity) -%}
    ({{ at_least_zero("(" ~ floor_price ~ ") - (" ~ landed_price ~ ")") }} * ({{ quantity }}))
{%- endmacro %}

{# Distance of a figure from the mean of others in standard deviations; null if the others are all equal. #}
{% macro z_score(figure, mean, deviation) -%}
    ((({{ figure }}) - ({{ mean }})) / nullif({{ deviation }}, 0))
{%- endmacro %}

{#
    The value of imports in core.fct_area_import on the basis that a floor uses: the customs value if the
    source has it, with freight and insurance if the floor is CIF; otherwise the value as stated.
#}
{% macro value_in_basis(imports, landed_basis) -%}
    (
        case
            when {{ landed_basis }} = 'customs' then coalesce({{ imports }}.customs_value_usd, {{ imports }}.value_usd)
            when {{ imports }}.value_basis = 'cif' then {{ imports }}.value_usd
            else {{ imports }}.value_usd + coalesce({{ imports }}.charges_usd, 0)
        end
    )
{%- endmacro %}
