{#
    The rows of a raw table in force: of a partition the newest vintage, and of the starter what its source has not
    stated itself since. `covers` names the columns that say what a publisher's file covers: a starter row yields where
    the source has stated anything with the same values there, so that a visit that brought half of the years does not
    take away the others. Older vintages stay in raw for `marts.revisions` and `as_of`.

    What decides is the same for all rows of a file that agree in these few columns, and landing has noted which those
    are: rows in force are picked by a join, and none is read to tell which.
#}
{% macro current_rows(table_name, covers=['_partition']) -%}
    {{ rows_of(table_name, parts_in_force(table_name, covers), covers) }}
{%- endmacro %}

{# The parts of a raw table in force, as landing noted them. #}
{% macro parts_in_force(table_name, covers=['_partition']) -%}
    (
        select *
        from (
            select
                *,
                bool_or(_mode != 'starter') over (partition by {{ covers | join(', ') }}) as _is_covered
            from {{ source('raw', 'meta__part') }}
            where table_name = '{{ table_name }}'
        )
        where _mode != 'starter' or not _is_covered
        qualify dense_rank() over (partition by _partition order by _vintage desc, _archive_id) = 1
    )
{%- endmacro %}

{# The rows of a raw table that lie in given parts; `covers` are columns that tell them apart beyond their files. #}
{% macro rows_of(table_name, parts, covers=[]) -%}
    {%- set deciding = (['_partition', '_vintage', '_archive_id', '_mode'] + covers) | unique | list -%}
    (
        select held.*
        from {{ source('raw', table_name) }} as held
        inner join (select distinct {{ deciding | join(', ') }} from {{ parts }}) as chosen
            on
                {%- for column in deciding %}
                {% if not loop.first %}and {% endif %}held.{{ column }} is not distinct from chosen.{{ column }}
                {%- endfor %}
    )
{%- endmacro %}
