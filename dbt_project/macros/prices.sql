{# Formulas of prices, each written once; like those of formulas.sql they return null for a missing input. #}

{# What a border adjustment would charge to lift a landed price to the floor, in the money of the prices. #}
{% macro border_adjustment(floor_price, landed_price, quantity) -%}
    ({{ at_least_zero("(" ~ floor_price ~ ") - (" ~ landed_price ~ ")") }} * ({{ quantity }}))
{%- endmacro %}

{# Distance of a figure from the mean of others in standard deviations; null if those are all equal. #}
{% macro z_score(figure, mean, deviation) -%}
    ((({{ figure }}) - ({{ mean }})) / nullif({{ deviation }}, 0))
{%- endmacro %}

{#
    The value of imports of core.fct_area_import in the basis that a floor is held against: the customs value where the
    source has it, with freight and insurance where the floor is CIF; else the value as stated.
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
