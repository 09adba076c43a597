{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'stg_usgs_mcs__salient'}}}) }}
-- Every printed row of US supply needs a row in nir_basis and a known unit, and every row of nir_basis needs
-- a printed row. A printed row without a rule is not used in any figure. A rule without a printed row has an
-- unknown input.
with rules as (
    select *
    from {{ rules_of_editions(ref('nir_basis'), ref('stg_usgs_mcs__salient')) }}
),

printed as (
    select distinct
        edition,
        commodity,
        statistic
    from {{ ref('stg_usgs_mcs__salient') }}
    where kind not in ('price', 'employment') and edition in (select rules.edition from rules)
),

judged as (
    select distinct
        edition,
        commodity,
        statistic
    from rules
),

units as (
    select distinct
        salient.edition,
        salient.commodity,
        salient.statistic,
        salient.unit
    from {{ ref('stg_usgs_mcs__salient') }} as salient
    semi join rules
        on
            salient.edition = rules.edition
            and salient.commodity = rules.commodity
            and salient.statistic = rules.statistic
            and rules.role != 'not_counted'
    anti join {{ ref('units') }} as known on salient.unit = known.unit
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

union all

select
    edition,
    commodity,
    statistic,
    'unit not known: ' || unit as fault
from units
