{#
    The rows of a raw table in force: of a partition the newest vintage, and of the starter what its source has not
    stated itself since. `covers` names the columns that say what a publisher's file covers: a starter row yields where
    the source has stated anything with the same values there, so that a visit that brought half of the years does not
    take away the others. Older vintages stay in raw for `marts.revisions` and `as_of`.
#}
{% macro current_rows(table_name, covers=['_partition']) -%}
    (
        select {{ all_but(['_is_covered']) }}
        from (
            select
                *,
                bool_or(_mode != 'starter') over (partition by {{ covers | join(', ') }}) as _is_covered
            from {{ source('raw', table_name) }}
        )
        where _mode != 'starter' or not _is_covered
        qualify dense_rank() over (partition by _partition order by _vintage desc, _archive_id) = 1
    )
{%- endmacro %}
