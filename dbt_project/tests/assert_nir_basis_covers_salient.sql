{{ config(meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__salient'}}}) }}
-- Every printed row of US supply is judged in nir_basis, and every judgement meets a printed row.
with printed as (
    select distinct
        edition,
        commodity,
        statistic
    from {{ ref('stg_usgs_mcs__salient') }}
    where
        kind not in ('price', 'employment')
        and edition in (select basis.edition from {{ ref('nir_basis') }} as basis)
),

judged as (
    select distinct
        edition,
        commodity,
        statistic
    from {{ ref('nir_basis') }}
)

select
    coalesce(printed.edition, judged.edition) as edition,
    coalesce(printed.commodity, judged.commodity) as commodity,
    coalesce(printed.statistic, judged.statistic) as statistic,
    case when judged.edition is null then 'not judged' else 'not printed' end as fault
from printed
full join judged
    on
        printed.edition = judged.edition
        and printed.commodity = judged.commodity
        and printed.statistic = judged.statistic
where printed.edition is null or judged.edition is null
