-- US net import reliance by edition, mineral, basis and year. The printed figure is used where there is one,
-- otherwise the figure computed from the printed rows by the method that nir_method assigns to the basis,
-- unless it lies outside the bounds that the publisher prints. If a figure is withheld, the bounds are those
-- that the printed rows allow, narrowed by the published bound.
{%- set roles = [
    'primary_production', 'secondary_production', 'imports', 'exports', 'stock_level', 'stock_release',
    'apparent_consumption',
] -%}
{%- set unbounded = "'infinity'::double" %}

with by_role as (
    select
        edition,
        mineral_id,
        basis,
        year,
        role,
        base_unit,
        {{ whole_sum('quantity') }} as quantity,
        {{ whole_sum('quantity_low') }} as quantity_low,
        {{ whole_sum('quantity_high') }} as quantity_high
    from {{ ref('fct_supply_component') }}
    where role not in ('published_nir', 'withheld_stock')
    group by edition, mineral_id, basis, year, role, base_unit
),

by_year as (
    select
        edition,
        mineral_id,
        basis,
        year,
        {{ joined_distinct('archive_id', ';') }} as archive_ids,
        max(basis_carried_from) as basis_carried_from,
        bool_and(is_printed) as is_printed,
        bool_or(role = 'withheld_stock') as has_withheld_stock,
        bool_or(is_estimated and role != 'published_nir') as is_estimated,
        max(quantity) filter (where role = 'published_nir') as published_nir_pct,
        max(qualifier) filter (where role = 'published_nir') as published_nir_qualifier,
        max(quantity_low) filter (where role = 'published_nir') as published_low_pct,
        max(quantity_high) filter (where role = 'published_nir') as published_high_pct
    from {{ ref('fct_supply_component') }}
    group by edition, mineral_id, basis, year
),

pivoted as (
    select
        edition,
        mineral_id,
        basis,
        year,
        {%- for role in roles %}
            count(*) filter (where role = '{{ role }}') as {{ role }}_rows,
            max(quantity) filter (where role = '{{ role }}') as {{ role }},
            max(quantity_low) filter (where role = '{{ role }}') as {{ role }}_low,
            max(quantity_high) filter (where role = '{{ role }}') as {{ role }}_high,
        {%- endfor %}
        max(base_unit) as base_unit
    from by_role
    group by edition, mineral_id, basis, year
),

-- a role without a row is 0, unless it exists and the edition does not print it
supply_rows as (
    select
        by_year.*,
        rules.stage,
        rules.is_headline,
        rules.method as intended_method,
        rules.method_without_opening_stock,
        split(coalesce(rules.unknown_roles, ''), ';') as unprinted_roles,
        {%- for role in roles %}
            coalesce(pivoted.{{ role }}_rows, 0) > 0 as has_{{ role }},
            case
                when has_{{ role }} then pivoted.{{ role }}
                when not array_contains(unprinted_roles, '{{ role }}') then 0
            end as {{ role }},
            case when has_{{ role }} then pivoted.{{ role }}_low else 0 end as {{ role }}_low,
            case
                when has_{{ role }} then coalesce(pivoted.{{ role }}_high, {{ unbounded }})
                when array_contains(unprinted_roles, '{{ role }}') then {{ unbounded }}
                else 0
            end as {{ role }}_high,
        {%- endfor %}
        pivoted.base_unit
    from by_year
    inner join {{ rules_of_editions(ref('nir_method'), ref('fct_supply_component')) }} as rules
        on
            by_year.edition = rules.edition
            and by_year.mineral_id = rules.mineral_id
            and by_year.basis = rules.basis
    left join pivoted
        on
            by_year.edition = pivoted.edition
            and by_year.mineral_id = pivoted.mineral_id
            and by_year.basis = pivoted.basis
            and by_year.year = pivoted.year
),

opening as (
    select
        *,
        coalesce(lag(year) over years = year - 1, false) as has_opening_stock,
        lag(stock_level) over years as opening_stock,
        lag(stock_level_low) over years as opening_stock_low,
        lag(stock_level_high) over years as opening_stock_high
    from supply_rows
    window years as (partition by edition, mineral_id, basis order by year)
),

-- the first year of an edition has no opening stock: stocks then contributed at least minus the closing stock
stocks as (
    select
        *,
        case
            when not has_stock_level then stock_release
            when has_opening_stock then {{ stock_change('opening_stock', 'stock_level') }} + stock_release
        end as stock_change,
        case
            when not has_stock_level then stock_release_low
            when has_opening_stock
                then {{ stock_change('opening_stock_low', 'stock_level_high') }} + stock_release_low
            else stock_release_low - stock_level_high
        end as stock_change_low,
        case
            when not has_stock_level then stock_release_high
            when has_opening_stock
                then {{ stock_change('opening_stock_high', 'stock_level_low') }} + stock_release_high
            else {{ unbounded }}
        end as stock_change_high
    from opening
),

balance as (
    select
        *,
        primary_production + secondary_production as production,
        primary_production_low + secondary_production_low as production_low,
        primary_production_high + secondary_production_high as production_high,
        {{ net_imports('imports', 'exports', 'stock_change') }} as net_imports,
        {{ net_imports('imports_low', 'exports_high', 'stock_change_low') }} as net_imports_low,
        {{ net_imports('imports_high', 'exports_low', 'stock_change_high') }} as net_imports_high,
        {{ apparent_consumption(
            'primary_production', 'secondary_production', 'imports', 'exports', 'stock_change'
        ) }} as supply,
        case when has_apparent_consumption then apparent_consumption end as published_consumption,
        case
            when intended_method = 'net_imports_over_supply'
                then coalesce(abs(supply - published_consumption) / nullif(published_consumption, 0), 0)
            else 0
        end as distance,
        -- a larger gap than rounding explains: the publisher knows of stocks or forms that it does not print
        distance > 0.03 as is_apart,
        case
            when (has_stock_level and not has_opening_stock) or distance > 0.05 or not is_printed
                then coalesce(method_without_opening_stock, intended_method)
            else intended_method
        end as used_method
    from stocks
),

computed as (
    select
        *,
        case
            when used_method = 'net_imports_over_supply' and not is_apart then supply
            else published_consumption
        end as consumption,
        case used_method
            when 'net_imports_over_supply' then {{ net_import_reliance_pct('net_imports', 'supply') }}
            when 'net_imports_over_consumption'
                then {{ net_import_reliance_pct('net_imports', 'published_consumption') }}
            when 'one_minus_production_over_consumption'
                then {{ unmet_consumption_pct('production', 'published_consumption') }}
        end as computed_pct,
        -- more output means lower import reliance, and a smaller surplus relative to output
        case
            when net_imports_low > 0
                then {{ net_import_reliance_bound_pct('net_imports_low', 'production_high') }}
            else {{ net_import_reliance_bound_pct('net_imports_low', 'production_low') }}
        end as balance_low_pct,
        case
            when net_imports_high > 0
                then {{ net_import_reliance_bound_pct('net_imports_high', 'production_low') }}
            else coalesce({{ net_import_reliance_bound_pct('net_imports_high', 'production_high') }}, 0)
        end as balance_high_pct
    from balance
),

-- USGS computes from unrounded rows and prints rounded ones: its own figure takes precedence, and a computed
-- figure that its printed bound excludes is dropped. The published bound narrows the computed bounds.
stated as (
    select
        *,
        case
            when published_nir_qualifier = '=' and published_nir_pct is not null then published_nir_pct
            when
                computed_pct >= coalesce(published_low_pct, computed_pct)
                and computed_pct <= coalesce(published_high_pct, computed_pct)
                then computed_pct
        end as point_pct,
        greatest(balance_low_pct, published_low_pct) as low_of_both_pct,
        least(balance_high_pct, published_high_pct) as high_of_both_pct,
        coalesce(low_of_both_pct <= high_of_both_pct, true) as is_consistent
    from computed
),

bounded as (
    select
        *,
        coalesce(point_pct, case when is_consistent then low_of_both_pct else published_low_pct end)
            as low_pct,
        coalesce(point_pct, case when is_consistent then high_of_both_pct else published_high_pct end)
            as high_pct,
        base_unit = 't' as is_mass
    from stated
)

select
    'USA' as area,
    mineral_id,
    basis,
    year,
    edition,
    basis_carried_from,
    stage,
    is_headline,
    base_unit,
    case
        when computed_pct is null and point_pct is not null then 'as_published'
        else used_method
    end as method,
    case when is_mass and has_primary_production then primary_production end as primary_production_t,
    case when is_mass and has_secondary_production then secondary_production end as secondary_production_t,
    case when is_mass and has_imports then imports end as imports_t,
    case when is_mass and has_exports then exports end as exports_t,
    case when is_mass and (has_stock_level or has_stock_release) then stock_change end as stock_change_t,
    case when is_mass then consumption end as apparent_consumption_t,
    case when is_mass then supply end as balance_t,
    case when is_mass then published_consumption end as published_apparent_consumption_t,
    {{ rounded('computed_pct', 6) }} as computed_nir_pct,
    {{ rounded('coalesce(computed_pct, balance_low_pct)', 6) }} as computed_nir_low_pct,
    {{ rounded('coalesce(computed_pct, balance_high_pct)', 6) }} as computed_nir_high_pct,
    {{ rounded('point_pct', 6) }} as net_import_reliance_pct,
    case
        when high_pct <= 0 then 'E'
        when point_pct is not null then '='
        when high_pct < 100 then '<'
        when low_pct >= 0 then '>'
        else 'NA'
    end as nir_qualifier,
    {{ rounded('low_pct', 6) }} as nir_low_pct,
    {{ rounded('high_pct', 6) }} as nir_high_pct,
    published_nir_pct,
    published_nir_qualifier,
    published_low_pct as published_nir_low_pct,
    published_high_pct as published_nir_high_pct,
    is_estimated,
    case
        when used_method = 'as_published' then 'published_only'
        when not is_printed then 'statistic_not_found'
        when is_apart or (computed_pct is not null and point_pct is null)
            then 'balance_differs_from_published'
        when computed_pct is not null and has_withheld_stock then 'stock_change_withheld'
        when computed_pct is not null and used_method != intended_method then 'opening_stock_not_printed'
        when computed_pct is not null and used_method = 'net_imports_over_supply' and not has_exports
            then 'exports_not_printed'
        when computed_pct is not null then 'complete'
        when net_imports is null and has_stock_level and not has_opening_stock
            then 'opening_stock_not_printed'
        when net_imports is null then 'trade_not_available'
        when production is null then 'production_withheld'
        else 'consumption_not_positive'
    end as coverage,
    archive_ids,
    'usgs_mcs' as source_ids
from bounded
