{#
    The rows of a raw table in force: what a source said itself comes before the starter, and within a partition the
    newest vintage before the older ones. Older vintages stay in raw for `marts.revisions` and `as_of`.
#}
{% macro current_rows(table_name) -%}
    (
        select * exclude (_is_starter, _any_live)
        from (
            select
                *,
                _mode = 'starter' as _is_starter,
                bool_or(_mode != 'starter') over () as _any_live
            from {{ source('raw', table_name) }}
        )
        where not (_is_starter and _any_live)
        qualify dense_rank() over (partition by _partition order by _vintage desc, _archive_id) = 1
    )
{%- endmacro %}
