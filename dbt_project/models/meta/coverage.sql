-- Available data for each mineral, by kind of figure, area and stage, with first and last period and sources.
-- An area without imports of a critical mineral has a row with 0 and the reason.
{%- set of_year = "make_date(year, 1, 1)" %}
{%- set held_kinds = [
    ('imports_by_supplier', ref('import_sources'), 'area', 'period', 'source_id', 'true'),
    ('net_import_reliance', ref('import_dependency'), 'area', of_year, 'source_ids', 'true'),
    (
        'production', ref('world_production'), 'country_iso3', of_year, 'source_id',
        "country_iso3 in ('USA', 'CAN', 'MEX', 'CHN', 'WLD')",
    ),
    ('price', ref('fct_price'), "'WLD'", 'period', 'source_id', 'mineral_id is not null'),
] %}
with held as (
    {%- for kind, table, area, period, source_ids, condition in held_kinds %}
        select
            '{{ kind }}' as kind,
            {{ area }} as area,
            mineral_id,
            stage,
            min({{ period }}) as first_period,
            max({{ period }}) as last_period,
            count(*) as row_count,
            {{ joined_distinct(source_ids, ';') }} as source_ids
        from {{ table }}
        where {{ condition }}
        group by {{ area }}, mineral_id, stage
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

own_codes as (
    select distinct mineral_id
    from {{ ref('dim_product') }}
    where not is_allocation_only and not is_group
),

not_held as (
    select
        'imports_by_supplier' as kind,
        areas.area,
        minerals.mineral_id,
        case
            when minerals.is_allocation_only or own_codes.mineral_id is null then 'no trade code of its own'
            when areas.area = 'USA' then 'not held: census_bulk brings it (`minerals refresh --all`)'
            when areas.area = 'CAN' then 'not held: statcan_cimt brings it (`minerals refresh --all`)'
            when areas.area = 'MEX'
                then 'not held: comtrade brings it (`minerals refresh --all`, faster with COMTRADE_API_KEY)'
            else 'not held: cepii_baci brings it (`minerals refresh --all`)'
        end as reason
    from {{ ref('dim_mineral') }} as minerals
    cross join {{ ref('dim_area') }} as areas
    left join own_codes on minerals.mineral_id = own_codes.mineral_id
    left join held
        on
            minerals.mineral_id = held.mineral_id
            and areas.area = held.area
            and held.kind = 'imports_by_supplier'
    where minerals.is_critical and held.mineral_id is null
)

select
    kind,
    area,
    mineral_id,
    stage,
    first_period,
    last_period,
    row_count,
    source_ids,
    cast(null as string) as reason
from held
union all
select
    kind,
    area,
    mineral_id,
    cast(null as string) as stage,
    cast(null as date) as first_period,
    cast(null as date) as last_period,
    0 as row_count,
    cast(null as string) as source_ids,
    reason
from not_held
order by kind, area, mineral_id, stage
