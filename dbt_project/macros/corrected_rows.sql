{#
    The current rows of a raw table, with the publisher's known errors corrected by seeds.corrections. `key`
    lists the columns of its row_key, and `cells` has the meaning that it has in current_rows. A correction
    applies only while the cell reads as `reported`. It ends when the publisher corrects the cell.
#}
{% macro corrected_rows(table_name, key, cells) -%}
    {%- set corrected = ['qualifier', 'value', 'value_low', 'value_high'] %}
    (
        select
            {{ all_but(corrected, of='source') }},
            {%- for column in corrected %}
            case when corrections.row_key is null then source.{{ column }} else corrections.{{ column }} end
                as {{ column }},
            {%- endfor %}
            corrections.row_key is not null as is_corrected
        from {{ current_rows(table_name, cells=cells) }} as source
        left join {{ ref('corrections') }} as corrections
            on
                corrections.table_name = '{{ table_name }}'
                and corrections.row_key = concat_ws('|', source.{{ key | join(', source.') }})
                and corrections.reported = source.value_text
        where corrections.action is distinct from 'drop'
    )
{%- endmacro %}
