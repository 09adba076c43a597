{#
    Whether a text contains words as whole words, regardless of case; punctuation between words counts as
    spaces.
#}
{% macro has_words(text, words) -%}
    contains(
        ' ' || translate(lower({{ text }}), '-,;:()/&.', '         ') || ' ',
        ' ' || {{ words }} || ' '
    )
{%- endmacro %}
