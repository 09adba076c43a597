{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__salient'}}}) }}
-- Editions of the Summaries that still use the rules of the previous edition, and rows that these rules name
-- but the edition does not print: prices, stocks and trade by stage.
{%- set salient_rules = ['usgs_prices', 'usgs_stocks', 'usgs_stage_trade'] %}
{%- for seed in ['nir_basis', 'nir_method'] + salient_rules %}
    select distinct
        edition,
        '{{ seed }}' as rules,
        'judged by the rules of ' || basis_carried_from as fault,
        null as commodity,
        null as statistic
    from {{ rules_of_editions(ref(seed), ref('stg_usgs_mcs__salient')) }}
    where basis_carried_from is not null
    union all
{%- endfor %}
select distinct
    edition,
    'usgs_world_forms' as rules,
    'judged by the rules of ' || basis_carried_from as fault,
    null as commodity,
    null as statistic
from {{ rules_of_editions(ref('usgs_world_forms'), ref('stg_usgs_mcs__world')) }}
where basis_carried_from is not null
{%- for seed in salient_rules %}
    union all
    select
        rules.edition,
        '{{ seed }}' as rules,
        'not printed' as fault,
        rules.commodity,
        rules.statistic
    from {{ rules_of_editions(ref(seed), ref('stg_usgs_mcs__salient')) }} as rules
    anti join {{ ref('stg_usgs_mcs__salient') }} as salient
        on
            rules.edition = salient.edition
            and rules.commodity = salient.commodity
            and rules.statistic = salient.statistic
    where rules.basis_carried_from is not null
{%- endfor %}
