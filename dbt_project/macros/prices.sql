{# Formulas of prices, each written once; like those of formulas.sql they give nothing for a missing input. #}

{# What a border adjustment would charge to lift a landed price to the floor, in the money of the prices. #}
{% macro border_adjustment(floor_price, landed_price, quantity) -%}
    ({{ at_least_zero("(" ~ floor_price ~ ") - (" ~ landed_price ~ ")") }} * ({{ quantity }}))
{%- endmacro %}

{# How many standard deviations a figure lies from the mean of others; missing where those are all equal. #}
{% macro z_score(figure, mean, deviation) -%}
    ((({{ figure }}) - ({{ mean }})) / nullif({{ deviation }}, 0))
{%- endmacro %}
