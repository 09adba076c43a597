{#
    Models that group all trade lines need memory in proportion to history. With a long history they are
    therefore built a few years at a time: the model's SQL builds the first years, and a post-hook repeats
    that SQL for the others. Such a model treats each year separately. It filters its inputs with
    `and {{ is_first_batch('lines', ref('where the periods are')) }}`, and has
    `post_hook="{{ insert_further_batches('lines') }}"`.
#}

{# First and last year of each batch of about `trade_batch_rows` raw rows; none if one batch suffices. #}
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
    {%- set batches = [] -%}
    {%- for some in years | batch(a_batch) -%} {%- do batches.append((some[0], some[-1])) -%} {%- endfor -%}
    {{ return(batches if batches | length > 1 else []) }}
{%- endmacro %}

{# The years that the model builds itself, and the years for its post-hook. #}
{% macro is_first_batch(relation, periods) -%}
    {%- set batches = trade_batches(periods) -%}
    {%- if batches -%}
        /* batch */ {{ is_within(relation, *batches[0]) }} /* then
        {%- for first, last in batches[1:] %} {{ first }}-{{ last }}{% endfor %} */ /* batch */
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro is_within(relation, first, last) -%}
    {{ relation }}.period between date '{{ first }}-01-01' and date '{{ last }}-12-31'
{%- endmacro %}

{% macro insert_further_batches(relation) -%}
    {%- set parts = (model.compiled_code or '').split('/* batch */') if execute else [] -%}
    {%- if parts | length > 1 -%}
        {%- for years in parts[1].split('/* then ')[1].split(' */')[0].split(' ') -%}
            insert into {{ this }} by name
            select * from (
                {%- for part in parts %}
                {{ part if loop.index0 is even else is_within(relation, *years.split('-')) }}
                {%- endfor %}
            );
        {% endfor -%}
    {%- endif -%}
{%- endmacro %}
