-- Words of coverage and quality_flag that seeds/flag_words.csv does not explain.
{{ config(severity='warn') }}

with stated as (
    {%- for column, marts in flagged_marts().items() %}
        {%- set outer_loop = loop %}
        {%- for mart in marts %}
            select distinct
                '{{ column }}' as column_name,
                '{{ mart }}' as mart,
                {{ column }} as words
            from {{ ref(mart) }}
            {{ 'union all' if not (loop.last and outer_loop.last) }}
        {%- endfor %}
    {%- endfor %}
),

words as (
    select
        stated.column_name,
        stated.mart,
        split_words.word
    from stated
    cross join lateral unnest(split(stated.words, ';')) as split_words (word)
)

select
    words.column_name,
    words.mart,
    words.word
from words
anti join {{ ref('flag_words') }} as known
    on words.column_name = known.column_name and trim(words.word) = known.word
