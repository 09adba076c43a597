{#
    A DuckDB table replaced in one statement. dbt's own materialization builds it under another name, renames
    twice, reads the columns back for their comments and drops the old one: a dozen statements, which take
    longer than most models. Others see either the old or the new table throughout.
#}
{% materialization table, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% do drop_other_kind(relation) %}
    {% call statement('main') -%}
        {%- if config.get('contract').enforced %}
            {{- get_assert_columns_equivalent(compiled_code) }}
            create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
            insert into {{ relation }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }});
        {%- else %}
            create or replace table {{ relation }} as ({{ compiled_code }});
        {%- endif %}
        {{ comments_on(relation) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{# A DuckDB view, replaced in the same way. #}
{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% do drop_other_kind(relation) %}
    {% call statement('main') -%}
        create or replace view {{ relation }} as ({{ compiled_code }});
        {{ comments_on(relation) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmaterialization %}

{#
    Drop a view with the name of a table, or a table with the name of a view, from an earlier version of the
    model.
#}
{% macro drop_other_kind(relation) -%}
    {%- set held = load_cached_relation(this) -%}
    {%- if held is not none and held.type != relation.type -%}
        {%- do adapter.drop_relation(held) -%}
    {%- endif -%}
{%- endmacro %}

{# Statements that apply what the model's file declares about the relation and its columns. #}
{% macro comments_on(relation) -%}
    {%- if config.persist_relation_docs() and model.description %}
        {{ alter_relation_comment(relation, model.description) }}
    {%- endif %}
    {%- if config.persist_column_docs() %}
        {%- for name, column in model.columns.items() if column.description %}
            comment on column {{ relation }}.{{ adapter.quote(name) }}
                is {{ duckdb_escape_comment(column.description) }};
        {%- endfor %}
    {%- endif %}
{%- endmacro %}
