{#
    The rows of a raw table in every vintage held: the counterpart of `current_rows` for reading the past. If
    a partition's vintage is held twice, the source's own statement takes precedence over the starter's.
#}
{% macro vintage_rows(table_name) -%}
    {%- set parts -%}
        (
            select *
            from {{ source('raw', 'meta__part') }}
            where table_name = '{{ table_name }}'
            qualify dense_rank() over (partition by _partition, _vintage order by _mode = 'starter', _place desc, _archive_id) = 1
        )
    {%- endset -%}
    {{ rows_of(table_name, parts) }}
{%- endmacro %}
