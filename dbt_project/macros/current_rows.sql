{#
    The rows of a raw table in force. A newer vintage of a publisher's file takes the place of the older one; files stand
    side by side as far as they state different cells, and of one cell the newest statement counts, once. Older vintages
    stay in raw for `marts.revisions` and `as_of`.

    What a cell is depends on how a publisher's files divide the table:

    - `covers`: a file states its partition as a whole, so the partition is the cell. `covers` names the columns that say
      what a starter row would repeat: it yields where the source has stated anything with the same values there, so that
      a run that fetched half of the years does not remove the others. Landing has noted which these are, so no row
      is read to tell which is in force.
    - `cells`: files overlap as they please (a year restated, one commodity of an edition, a file dropped in under its own
      name). The columns of `cells` name what one statement replaces; rows are compared, so this is for small tables.
      Of the starter goes what its publisher serves the `covers` of, else the cells.

    The starter yields to what its publisher serves, and to a file dropped in that is no older. Of one day's statements
    the one that arrived last counts.
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

{# The partitions of a raw table that are in force, from the catalogue. #}
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

{# The parts of a raw table in the newest vintage of their file: all that are in force are among them. #}
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
