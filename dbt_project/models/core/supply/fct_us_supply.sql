-- US imports and consumption of a mineral, in the headline basis of the newest edition that has it: the
-- starting point of the scenarios. Withheld reliance keeps its bounds. If the newest edition prints no bound
-- for the year, those of earlier editions narrow them.
with reliance as (
    select *
    from {{ ref('fct_net_import_reliance') }}
    where is_headline
    qualify edition = max(edition) over (partition by mineral_id)
),

printed as (
    select
        mineral_id,
        year,
        max(published_nir_low_pct) as low_pct,
        min(published_nir_high_pct) as high_pct
    from {{ ref('fct_net_import_reliance') }}
    where is_headline
    group by mineral_id, year
),

stocks as (
    select
        edition,
        mineral_id,
        basis,
        year,
        {{ whole_sum('quantity') }} as industry_stock_t,
        bool_or(role = 'withheld_stock') as is_withheld
    from {{ ref('fct_supply_component') }}
    where role in ('stock_level', 'withheld_stock') and base_unit = 't'
    group by edition, mineral_id, basis, year
),

-- stocks that USGS prints without counting their change in reliance, such as those of gallium
uncounted as (
    select
        edition,
        mineral_id,
        year,
        {{ whole_sum('stock_t') }} as industry_stock_t
    from {{ ref('fct_stock') }}
    where holder != 'government'
    group by edition, mineral_id, year
),

bounded as (
    select
        reliance.*,
        case
            when coalesce(stocks.is_withheld, false) then stocks.industry_stock_t
            else coalesce(stocks.industry_stock_t, uncounted.industry_stock_t)
        end as industry_stock_t,
        coalesce(stocks.is_withheld, false) as is_stock_withheld,
        coalesce(
            reliance.net_import_reliance_pct,
            greatest(reliance.nir_low_pct, printed.low_pct, 0)
        ) as low_pct,
        coalesce(
            reliance.net_import_reliance_pct,
            least(reliance.nir_high_pct, printed.high_pct, 100)
        ) as high_pct
    from reliance
    left join printed
        on
            reliance.mineral_id = printed.mineral_id
            and reliance.year = printed.year
            and reliance.published_nir_low_pct is null
            and reliance.published_nir_high_pct is null
    left join stocks
        on
            reliance.edition = stocks.edition
            and reliance.mineral_id = stocks.mineral_id
            and reliance.basis = stocks.basis
            and reliance.year = stocks.year
    left join uncounted
        on
            reliance.edition = uncounted.edition
            and reliance.mineral_id = uncounted.mineral_id
            and reliance.year = uncounted.year
)

select
    mineral_id,
    year,
    edition,
    basis,
    stage,
    basis in (
        'all_forms', 'content', 'compounds_metals', 'metal_oxide', 'metal_oxides_salts',
        'ferrosilicon_and_metal', 'primary_and_scrap'
    ) as is_several_forms,
    -- greatest() ignores nulls
    case when low_pct = high_pct then greatest(low_pct, 0) end as reliance_pct,
    greatest(low_pct, 0) as reliance_low_pct,
    greatest(high_pct, 0) as reliance_high_pct,
    imports_t,
    apparent_consumption_t,
    secondary_production_t,
    industry_stock_t,
    is_stock_withheld,
    coverage,
    archive_ids,
    source_ids
from bounded
