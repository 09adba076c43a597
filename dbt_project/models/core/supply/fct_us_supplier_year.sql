-- Suppliers of US imports of a mineral in a year, at the stage at which its reliance is stated. Customs data
-- for the year itself come first, by value. If they are not held, have the mineral only in basket codes, or
-- are not of the goods that USGS weighs, the four-year shares printed by USGS are used. Either way, the
-- supplier's customs sales in the year are given too.
{%- set least_usd = 1000000 %}
{%- set most_allocated = 0.5 %}
{%- set least_of_price = 0.5 %}
{%- set most_of_price = 2 %}

with supplied as (
    select
        mineral_id,
        year,
        stage,
        imports_t,
        is_several_forms
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

-- Customs codes of pure magnesium do not cover a tonnage that includes alloys and scrap: their value per ton
-- of it is far below the price of the metal. Codes cover the same goods in every year, and a price may jump
-- in one, so a single year at a fitting value is enough. A tonnage of several forms has no one price.
of_other_goods as (
    select supplied.mineral_id
    from supplied
    inner join totals on supplied.mineral_id = totals.mineral_id and supplied.year = totals.year
    inner join {{ ref('fct_reference_price') }} as prices
        on
            supplied.mineral_id = prices.mineral_id
            and supplied.stage = prices.stage
            and supplied.year = year(prices.period)
    where prices.period_type = 'year' and not supplied.is_several_forms and supplied.imports_t > 0
    group by supplied.mineral_id
    having not bool_or(
        totals.import_value_usd / (1000 * supplied.imports_t * prices.usd_per_kg)
        between {{ least_of_price }} and {{ most_of_price }}
    )
),

measured as (
    select
        mineral_id,
        year,
        import_value_usd,
        is_measured
        and mineral_id not in (select of_other_goods.mineral_id from of_other_goods) as is_measured,
        source_id
    from totals
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
        when coalesce(measured.is_measured, false)
            then {{ rounded(share('coalesce(sold.supplier_value_usd, 0)', 'measured.import_value_usd'), 12) }}
        else four_years.import_share
    end as import_share,
    case when coalesce(measured.is_measured, false) then 'customs_value_of_year' else 'usgs_four_years' end
        as share_basis,
    case
        when coalesce(measured.is_measured, false) then pairs.year::string
        else year(four_years.period) || '-' || (year(four_years.period) + 3)
    end as share_period,
    four_years.import_share as four_years_share,
    case when measured.mineral_id is not null then round(coalesce(sold.supplier_value_usd, 0))::bigint end
        as supplier_value_usd,
    round(measured.import_value_usd)::bigint as import_value_usd,
    measured.source_id,
    coalesce(case when coalesce(measured.is_measured, false) then sold.archive_id end, four_years.archive_id)
        as archive_id
from pairs
left join measured on pairs.mineral_id = measured.mineral_id and pairs.year = measured.year
left join sold
    on
        pairs.mineral_id = sold.mineral_id
        and pairs.year = sold.year
        and pairs.supplier_iso3 = sold.supplier_iso3
left join {{ ref('fct_us_supplier') }} as four_years
    on pairs.mineral_id = four_years.mineral_id and pairs.supplier_iso3 = four_years.supplier_iso3
-- a customs supplier of the year has no share in a four-year table that does not name it
where coalesce(measured.is_measured, false) or four_years.supplier_iso3 is not null
