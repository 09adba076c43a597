{#
    The formulas of the marts, each written once. Every argument is a SQL expression in the caller's units,
    which must be the same within a call. A missing input gives a missing result: nothing is assumed to be
    zero.
#}

{#
    Apparent consumption: production + imports - exports + stock change, where a decrease of stocks is
    positive.
#}
{% macro apparent_consumption(primary, secondary, imports, exports, stock_change) -%}
    (({{ primary }}) + ({{ secondary }}) + {{ net_imports(imports, exports, stock_change) }})
{%- endmacro %}

{# Imports - exports + stock change: the contribution of foreign supply and stocks to consumption. #}
{% macro net_imports(imports, exports, stock_change) -%}
    (({{ imports }}) - ({{ exports }}) + ({{ stock_change }}))
{%- endmacro %}

{# Stock change that counts as supply: stocks at the beginning of the year minus those at its end. #}
{% macro stock_change(opening, closing) -%}
    (({{ opening }}) - ({{ closing }}))
{%- endmacro %}

{#
    Net import reliance in percent of apparent consumption. Capped at 100, which rounded inputs could exceed;
    negative for a net exporter; missing if consumption is not positive.
#}
{% macro net_import_reliance_pct(net_imports, consumption) -%}
    (
        case
            -- least() ignores a missing argument, which would turn an unknown figure into 100
            when ({{ consumption }}) > 0 and ({{ net_imports }}) is not null
                then least(100.0 * ({{ net_imports }}) / ({{ consumption }}), 100.0)
        end
    )
{%- endmacro %}

{#
    The same reliance computed from output: the part of consumption that domestic production did not meet, in
    percent.
#}
{% macro unmet_consumption_pct(production, consumption) -%}
    {{ net_import_reliance_pct('(' ~ consumption ~ ') - (' ~ production ~ ')', consumption) }}
{%- endmacro %}

{# A part divided by its total, 0-1; missing if the total is not positive. #}
{% macro share(part, whole) -%}
    (case when ({{ whole }}) > 0 then ({{ part }})::double / ({{ whole }}) end)
{%- endmacro %}

{# Herfindahl-Hirschman index of shares 0-1, on the scale to 10 000. An aggregate: use it with group by. #}
{% macro hhi(share) -%}
    (10000.0 * {{ sum_in_order('power(' ~ share ~ ', 2)', share) }})
{%- endmacro %}

{#
    The index weighted by the governance of each supplier from 0 to 10, where 10 is the worst (EU method for
    critical raw materials), 0-100 000. Indicators range from -2.5 to 2.5, where 2.5 is the best.
#}
{% macro hhi_wgi(share, wgi_estimate) -%}
    (10000.0 * {{ sum_in_order('power(' ~ share ~ ', 2) * ' ~ wgi_scaled(wgi_estimate), share) }})
{%- endmacro %}

{# A governance indicator converted to a scale of 0-10, where 10 is the worst. #}
{% macro wgi_scaled(wgi_estimate) -%}
    (
        case
            -- greatest() ignores a missing argument, which would turn unknown governance into the best
            when ({{ wgi_estimate }}) is not null then least(greatest((2.5 - ({{ wgi_estimate }})) * 2.0, 0.0), 10.0)
        end
    )
{%- endmacro %}

{# Number of equal suppliers with this index (10 000 / HHI). #}
{% macro effective_suppliers(hhi) -%}
    (10000.0 / nullif({{ hhi }}, 0))
{%- endmacro %}

{# Value divided by quantity; missing if no quantity is stated. #}
{% macro unit_value(value, quantity) -%}
    (({{ value }})::double / nullif({{ quantity }}, 0))
{%- endmacro %}

{# Days for which a stock covers an annual flow. #}
{% macro days_of_cover(stock, yearly_flow) -%}
    (365.0 * ({{ stock }}) / nullif({{ yearly_flow }}, 0))
{%- endmacro %}

{#
    A bound of net import reliance from bounds of net imports and domestic output, which may be infinite:
    unlimited output lowers reliance to 0, unlimited net imports raise it to 100. Missing if consumption would
    not be positive.
#}
{% macro net_import_reliance_bound_pct(net_imports, production) -%}
    (
        case
            when {{ net_imports }} = 'infinity'::double then 100.0
            when {{ net_imports }} = '-infinity'::double then null
            when {{ production }} = 'infinity'::double then 0.0
            else {{ net_import_reliance_pct(net_imports, production ~ ' + ' ~ net_imports) }}
        end
    )
{%- endmacro %}

{# A reliance of at least -100 %; below that, a net exporter sells more than it uses, and the figure is missing. #}
{% macro not_below_a_whole(reliance_pct) -%}
    (case when ({{ reliance_pct }}) >= -100 then ({{ reliance_pct }}) end)
{%- endmacro %}

{# Dependency on suppliers outside a bloc: reliance times the import share not supplied by the bloc, 0-100 %. #}
{% macro non_bloc_dependency_pct(reliance_pct, covered_share) -%}
    (
        case
            when ({{ reliance_pct }}) * (1 - ({{ covered_share }})) is not null
                then least(greatest(({{ reliance_pct }}) * (1 - ({{ covered_share }})), 0), 100)
        end
    )
{%- endmacro %}

{#
    Additional output of a producer in a year: capacity at its highest utilisation minus output, or a share of
    output if capacity is unknown. Plants without output stay idle, whatever their capacity. Missing if neither is
    known.
#}
{% macro spare_output(production, capacity, utilisation_max_share, growth_share) -%}
    (
        case
            when ({{ production }}) = 0 then 0
            -- greatest() ignores a null argument, which would turn an unknown capacity into 0
            when coalesce(({{ capacity }}), ({{ growth_share }})) is not null and ({{ production }}) is not null
                then greatest(
                    coalesce(({{ capacity }}) * ({{ utilisation_max_share }}) - ({{ production }}), ({{ production }}) * ({{ growth_share }})),
                    0
                )
        end
    )
{%- endmacro %}

{#
    A select of each row's rank among the rows with the same values of `within`, by a figure between bounds:
    rank_at_most by the upper bound, rank_from and rank_to as far as the bounds settle it. `row` and `within`
    are the key of the table; a column `where` selects the rows that are ranked.
#}
{% macro ranks_between_bounds(table, row, within, low, high, where=none) -%}
    {%- set own_low, own_high = rounded('ranked_row.' ~ low, 9), rounded('ranked_row.' ~ high, 9) -%}
    {%- set low, high = rounded('others.' ~ low, 9), rounded('others.' ~ high, 9) -%}
    select
        {%- for column in row + within %}
            ranked_row.{{ column }},
        {%- endfor %}
        (1 + count(case when {{ high }} > {{ own_high }} then 1 end))::integer as rank_at_most,
        (1 + count(case when {{ low }} > {{ own_high }} then 1 end))::integer as rank_from,
        -- a row with bounds is among those above its own lower bound
        greatest(count(case when {{ high }} > {{ own_low }} then 1 end), rank_at_most)::integer as rank_to
    from {{ table }} as ranked_row
    inner join {{ table }} as others
        on
            {%- for column in within %}
                {{ 'and ' if not loop.first }}ranked_row.{{ column }} = others.{{ column }}
            {%- endfor %}
    {%- if where %}
        where ranked_row.{{ where }} and others.{{ where }}
    {%- endif %}
    group by {% for column in row + within %}ranked_row.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#
    Difference between two reports of one flow: -1 only the exporter reports it, 0 equal, 1 only the importer
    reports it.
#}
{% macro mirror_asymmetry(importer_value, exporter_value) -%}
    ((({{ importer_value }}) - ({{ exporter_value }}))::double / nullif(({{ importer_value }}) + ({{ exporter_value }}), 0))
{%- endmacro %}

{# Change from an old figure to a new one, in percent of the old; missing if the old one is zero. #}
{% macro change_pct(old_value, new_value) -%}
    (100.0 * (({{ new_value }}) - ({{ old_value }})) / nullif(abs({{ old_value }}), 0))
{%- endmacro %}

{# A figure rounded to a number of decimal places, half away from zero, by the same steps in every dialect. #}
{% macro rounded(figure, digits) -%}
    (round(({{ figure }}) * 1e{{ digits }}) / 1e{{ digits }})
{%- endmacro %}

{#
    Cost that a floor adds to a product: its weight, times the mineral's share of that weight, times the kg of
    the floor's form per kg of mineral, times the gap between floor and price.
#}
{% macro added_cost(weight_kg, content_share, floor_kg_per_kg_content, gap_usd_per_kg) -%}
    (({{ weight_kg }}) * ({{ content_share }}) * ({{ floor_kg_per_kg_content }}) * ({{ gap_usd_per_kg }}))
{%- endmacro %}
