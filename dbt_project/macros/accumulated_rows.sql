{#
    The rows of a raw table that grows by what its publisher stops serving (tariff releases): every key is kept, and
    of a key stated more than once the source's own statement comes before the starter, the newest before the older.
#}
{% macro accumulated_rows(table_name, key) -%}
    (
        select *
        from {{ source('raw', table_name) }}
        qualify dense_rank() over (partition by {{ key }} order by _mode = 'starter', _vintage desc, _archive_id) = 1
    )
{%- endmacro %}
