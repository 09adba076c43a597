{#
    A seed of rules on the Mineral Commodity Summaries, for every edition with rows in `held`. An edition that
    the seed does not name uses the rules of the previous edition in the seed: `basis_carried_from` states
    which, and is null if the rules were written for the edition itself. Labels without a rule enter no sum,
    and a warning lists them.
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
