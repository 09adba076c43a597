{#
    A seed of rules on the Mineral Commodity Summaries, for every edition that `held` has rows of. An edition that the
    seed does not name is judged by the rules of the last edition before it: `basis_carried_from` says which, and is
    missing where the rules were written for the edition itself. Labels that the rules do not know stay out of every
    sum, and a warning names them.
#}
{% macro rules_of_editions(seed, held) -%}
    (
        select
            chosen.edition,
            nullif(chosen.rules_edition, chosen.edition) as basis_carried_from,
            {{ all_but(['edition'], of='rules') }}
        from {{ seed }} as rules
        inner join (
            select
                held.edition,
                max(written.edition) as rules_edition
            from (select distinct edition from {{ held }}) as held
            inner join (select distinct edition from {{ seed }}) as written on held.edition >= written.edition
            group by held.edition
        ) as chosen on rules.edition = chosen.rules_edition
    )
{%- endmacro %}
