{#
    The current rows of a raw table. A newer vintage of a publisher's file replaces the older one. Files that
    state different cells all count. If a cell is stated several times, only the newest statement counts.
    Older vintages stay in raw for `marts.revisions` and `as_of`.

    The definition of a cell depends on how a publisher's files divide the table:

    - `covers`: a file covers its partition in full, so the partition is the cell. A row of the starter is
      left out if the source has stated anything with the same values in the columns of `covers`. A run that
      fetched half of the years thus keeps the starter's rows for the others. `meta__part` has these values of
      each file, so the choice reads no row.
    - `cells`: files may overlap in any way (a restated year, one commodity of an edition, a file dropped in
      under its own name). The columns of `cells` identify what one statement replaces; rows are compared, so
      use it for small tables. A row of the starter is left out if its publisher serves the same values of
      `covers`, or of `cells` without them.

    A dropped-in file replaces the starter's rows unless it is older. Of two statements from the same day, the
    later arrival counts.
#}
{% macro current_rows(table_name, covers=none, cells=none) -%}
    {%- if cells is none -%}
        {%- set covers = covers or ['_partition'] -%}
        {{ rows_of(table_name, parts_in_force(table_name, covers), covers) }}
    {%- else -%}
        (
            select {{ all_but(['_place', '_is_served'], of='stated') }}
            from (
                select
                    held.*,
                    part._place,
                    max(case when held._mode = 'live' then 1 else 0 end) over (
                        partition by {% for column in covers or cells %}held.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                    ) as _is_served
                from {{ source('raw', table_name) }} as held
                inner join
                    (
                        select distinct _archive_id, _partition, _vintage, _mode, _place
                        from {{ newest_parts(table_name) }}
                    ) as part
                    on
                        held._archive_id = part._archive_id
                        and held._partition = part._partition
                        and held._vintage is not distinct from part._vintage
                        and held._mode = part._mode
            ) as stated
            where stated._mode != 'starter' or stated._is_served = 0
            qualify
                dense_rank() over (
                    partition by {{ cells | join(', ') }}
                    order by _vintage desc, _mode = 'starter', _place desc, _archive_id
                ) = 1
        )
    {%- endif -%}
{%- endmacro %}

{# The current partitions of a raw table, from `meta__part`. #}
{% macro parts_in_force(table_name, covers=['_partition']) -%}
    (
        select *
        from (
            select
                *,
                max(case _mode when 'live' then date '9999-12-31' when 'drop_in' then _vintage end) over (
                    partition by {{ covers | join(', ') }}
                ) as _stated_on
            from {{ source('raw', 'meta__part') }}
            where table_name = '{{ table_name }}'
        )
        where _mode != 'starter' or _stated_on is null or _stated_on < _vintage
        qualify
            dense_rank() over (
                partition by _partition order by _vintage desc, _mode = 'starter', _place desc, _archive_id
            ) = 1
    )
{%- endmacro %}

{# The parts of a raw table from the newest vintage of their file. They include all current ones. #}
{% macro newest_parts(table_name) -%}
    (
        select *
        from {{ source('raw', 'meta__part') }}
        where table_name = '{{ table_name }}' and not coalesce(_is_overtaken, false)
    )
{%- endmacro %}

{# The rows of a raw table in the given partitions; `covers` are columns that distinguish partitions within a file. #}
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
