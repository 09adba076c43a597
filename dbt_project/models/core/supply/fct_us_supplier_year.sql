-- Suppliers of US imports of a mineral in a year, at the stage at which its reliance is stated. Customs data
-- for the year itself come first, by value. If they are not held, or have the mineral only in basket codes,
-- the four-year shares printed by USGS are used. Either way, the supplier's customs sales in the year are
-- given too.
{%- set least_usd = 1000000 %}
{%- set most_allocated = 0.5 %}

with supplied as (
    select
        mineral_id,
        year,
        stage,
        basis in (
            'all_forms', 'content', 'compounds_metals', 'metal_oxide', 'metal_oxides_salts',
            'ferrosilicon_and_metal', 'primary_and_scrap'
        ) as is_several_forms
    from {{ ref('fct_us_supply') }}
),

-- at the stage of the year's tonnage, or all but finished goods if the tonnage is of several forms: a share
-- of sponge is not a share of pigments
sold as (
    select
        supplied.mineral_id,
        supplied.year,
        coalesce(countries.policy_iso3, sources.supplier_iso3) as supplier_iso3,
        {{ exact_sum('sources.value_usd') }} as supplier_value_usd,
        coalesce({{ exact_sum('case when sources.is_allocated then sources.value_usd end') }}, 0)
            as allocated_usd,
        min(sources.archive_id) as archive_id,
        max(sources.source_id) as source_id
    from supplied
    inner join {{ ref('fct_import_source') }} as sources
        on supplied.mineral_id = sources.mineral_id and supplied.year = year(sources.period)
    left join {{ ref('dim_country') }} as countries on sources.supplier_iso3 = countries.iso3
    where
        sources.basis = 'customs_value'
        and sources.period_type = 'year'
        and sources.area = 'USA'
        and case
            when supplied.is_several_forms then sources.stage not in ('scrap', 'end_form')
            else sources.stage = supplied.stage
        end
    group by supplied.mineral_id, supplied.year, coalesce(countries.policy_iso3, sources.supplier_iso3)
),

totals as (
    select
        mineral_id,
        year,
        {{ exact_sum('supplier_value_usd') }} as import_value_usd,
        {{ exact_sum('supplier_value_usd') }} >= {{ least_usd }}
        and {{ exact_sum('allocated_usd') }} <= {{ most_allocated }} * {{ exact_sum('supplier_value_usd') }}
            as is_measured,
        max(source_id) as source_id
    from sold
    group by mineral_id, year
),

pairs as (
    select
        supplied.mineral_id,
        supplied.year,
        suppliers.supplier_iso3
    from supplied
    inner join {{ ref('fct_us_supplier') }} as suppliers on supplied.mineral_id = suppliers.mineral_id
    union
    select
        mineral_id,
        year,
        supplier_iso3
    from sold
)

select
    pairs.mineral_id,
    pairs.year,
    pairs.supplier_iso3,
    case
        when coalesce(totals.is_measured, false)
            then {{ rounded(share('coalesce(sold.supplier_value_usd, 0)', 'totals.import_value_usd'), 12) }}
        else four_years.import_share
    end as import_share,
    case when coalesce(totals.is_measured, false) then 'customs_value_of_year' else 'usgs_four_years' end
        as share_basis,
    case
        when coalesce(totals.is_measured, false) then pairs.year::string
        else year(four_years.period) || '-' || (year(four_years.period) + 3)
    end as share_period,
    four_years.import_share as four_years_share,
    case when totals.mineral_id is not null then round(coalesce(sold.supplier_value_usd, 0))::bigint end
        as supplier_value_usd,
    round(totals.import_value_usd)::bigint as import_value_usd,
    totals.source_id,
    coalesce(case when coalesce(totals.is_measured, false) then sold.archive_id end, four_years.archive_id)
        as archive_id
from pairs
left join totals on pairs.mineral_id = totals.mineral_id and pairs.year = totals.year
left join sold
    on
        pairs.mineral_id = sold.mineral_id
        and pairs.year = sold.year
        and pairs.supplier_iso3 = sold.supplier_iso3
left join {{ ref('fct_us_supplier') }} as four_years
    on pairs.mineral_id = four_years.mineral_id and pairs.supplier_iso3 = four_years.supplier_iso3
-- a customs supplier of the year has no share in a four-year table that does not name it
where coalesce(totals.is_measured, false) or four_years.supplier_iso3 is not null
