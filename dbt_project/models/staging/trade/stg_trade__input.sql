-- One row per source and period of core.fct_trade: a fingerprint of its inputs. These are the files in their
-- newest vintage, the exchange rate, and the dbt project with its seeds.
with files as (
    {%- for source_id, table, period in trade_tables() %}
        select distinct
            '{{ source_id }}' as source_id,
            {{ period }} as period,
            concat_ws(' ', '{{ table }}', _archive_id, _vintage) as stated
        from {{ newest_parts(table) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rates as (
    select
        'statcan_cimt' as source_id,
        period,
        concat_ws(' ', 'rate', cad_per_usd) as stated
    from {{ ref('stg_boc_fx__monthly') }}
),

stated as (
    select * from files
    union all
    select rates.*
    from rates
    semi join files on rates.source_id = files.source_id and rates.period = files.period
)

select
    source_id,
    period,
    md5({{ joined('stated', ' ') }} || {{ project_state() }}) as fingerprint
from stated
group by source_id, period
