{# Whether a text holds words as whole words, whatever their case; marks between words count as blanks. #}
{% macro has_words(text, words) -%}
    contains(
        ' ' || translate(lower({{ text }}), '-,;:()/&.', '         ') || ' ',
        ' ' || {{ words }} || ' '
    )
{%- endmacro %}
