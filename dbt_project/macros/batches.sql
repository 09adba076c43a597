{#
    Models that group all trade lines need memory in proportion to history. With a long history they are
    therefore built a few years at a time: the model builds the first years, and a post-hook inserts the rows of
    its query for the other years. Such a model treats each year separately. It filters its inputs with
    `and {{ is_in_batch('lines', ref('where the periods are')) }}`, and has
    `pre_hook="{{ begin_batches(ref('where the periods are')) }}"` and `post_hook="{{ insert_further_batches() }}"`.
    The years are variables of the connection, so that the same query builds every batch.
#}

{# First and last year of each batch of about `trade_batch_rows` raw rows of trade; none if one batch suffices. #}
{% macro trade_batches(periods) -%}
    {#- compiling does not use an engine, and a unit test has no tables -#}
    {%- if not execute or flags.WHICH == 'compile' or model.resource_type != 'model' -%} {{ return([]) }} {%- endif -%}
    {%- set rows = rows_held(trade_tables() | map(attribute=1) | list) -%}
    {%- set limit = var('trade_batch_rows') | int -%}
    {%- if rows <= limit -%} {{ return([]) }} {%- endif -%}
    {%- set found = run_query("select distinct year(period) from " ~ periods ~ " order by all") -%}
    {%- set years = found.columns[0].values() | list -%}
    {%- set a_batch = [1, limit * (years | length) // rows] | max -%}
    {%- set outdated = outdated_trade() -%}
    {%- if outdated is not none -%}
        {%- set years = outdated | map(attribute=1) | map(attribute='year') | unique | sort -%}
    {%- endif -%}
    {%- set lasts = [] -%}
    {%- for some in years | batch(a_batch) -%} {%- do lasts.append(some[-1]) -%} {%- endfor -%}
    {#- a model can have years that `periods` lacks: the batches leave no gap, and the outer ones are open -#}
    {%- set batches = [] -%}
    {%- for last in lasts -%}
        {%- do batches.append((1 if loop.first else lasts[loop.index0 - 1] + 1, 9999 if loop.last else last)) -%}
    {%- endfor -%}
    {{ return(batches if batches | length > 1 else []) }}
{%- endmacro %}
