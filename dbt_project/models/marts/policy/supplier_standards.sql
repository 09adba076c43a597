-- Standards that apply where a mineral is produced at a stage, supplier by supplier: labor, governance,
-- export restrictions, agreements and trade remedies, with shares of imports and of world output.
with held as (
    select distinct
        area,
        mineral_id,
        stage,
        period,
        basis
    from {{ ref('import_sources') }}
    where period_type = 'year' and coverage != 'ranks_only' and value_share is not null
),

-- the newest year of each area; customs data take precedence over reconciled flows
newest as (
    select *
    from held
    qualify
        row_number() over (
            partition by area, mineral_id, stage
            order by period desc, case basis when 'customs_value' then 1 else 2 end asc, basis asc
        ) = 1
),

imports as (
    select
        sources.mineral_id,
        sources.stage,
        sources.supplier_iso3,
        max(case when sources.area = 'USA' then sources.value_share end) as usa_import_share,
        max(case when sources.area = 'USA' then year(sources.period) end)::smallint as usa_import_year,
        max(case when sources.area = 'CAN' then sources.value_share end) as can_import_share,
        max(case when sources.area = 'CAN' then year(sources.period) end)::smallint as can_import_year,
        max(case when sources.area = 'MEX' then sources.value_share end) as mex_import_share,
        max(case when sources.area = 'MEX' then year(sources.period) end)::smallint as mex_import_year,
        max(case when sources.area = 'USMCA' then sources.value_share end) as usmca_import_share,
        max(case when sources.area = 'USMCA' then year(sources.period) end)::smallint as usmca_import_year,
        {{ joined_distinct('sources.source_id', ';') }} as source_ids
    from {{ ref('import_sources') }} as sources
    inner join newest
        on
            sources.area = newest.area
            and sources.mineral_id = newest.mineral_id
            and sources.stage = newest.stage
            and sources.period = newest.period
            and sources.basis = newest.basis
    where sources.period_type = 'year' and sources.supplier_iso3 != 'ZZZ'
    group by sources.mineral_id, sources.stage, sources.supplier_iso3
),

output_years as (
    select
        mineral_id,
        stage,
        edition,
        max(year) as year
    from {{ ref('world_production') }}
    where world_share is not null and not is_world
    group by mineral_id, stage, edition
    qualify row_number() over (partition by mineral_id, stage order by edition desc) = 1
),

producers as (
    select
        world.mineral_id,
        world.stage,
        world.country_iso3 as supplier_iso3,
        world.world_share,
        world.year,
        world.source_id
    from {{ ref('world_production') }} as world
    inner join output_years as newest_output
        on
            world.mineral_id = newest_output.mineral_id
            and world.stage = newest_output.stage
            and world.edition = newest_output.edition
            and world.year = newest_output.year
    where not world.is_world and world.world_share > 0
),

suppliers as (
    select
        mineral_id,
        stage,
        supplier_iso3
    from imports
    union
    select
        mineral_id,
        stage,
        supplier_iso3
    from producers
    union
    select
        mineral_id,
        stage,
        country_iso3 as supplier_iso3
    from {{ ref('fct_labor_listing') }}
),

named as (
    select
        suppliers.*,
        countries.name as supplier_name,
        coalesce(countries.policy_iso3, suppliers.supplier_iso3) as policy_iso3
    from suppliers
    inner join {{ ref('dim_country') }} as countries on suppliers.supplier_iso3 = countries.iso3
),

governance as (
    select *
    from {{ ref('dim_country_governance') }}
    qualify row_number() over (partition by iso3 order by year desc) = 1
),

-- a pause of controls is not a supply agreement
agreements as (
    select
        party_iso3,
        min(signed) as signed
    from {{ ref('fct_agreement_party') }}
    where kind != 'suspension'
    group by party_iso3
),

remedies as (
    select
        mineral_id,
        origin_iso3,
        {{ joined_distinct("instrument || ' ' || product", ';', where="status = 'in_force'") }} as in_force
    from {{ ref('fct_trade_remedy') }}
    group by mineral_id, origin_iso3
),

-- if no document is held, nothing is known about remedies
remedies_held as (
    select count(*) > 0 as is_held
    from {{ ref('fct_policy_event') }}
    where source_id = 'federal_register'
)

select
    named.mineral_id,
    named.stage,
    named.supplier_iso3,
    named.supplier_name,
    labor.country_iso3 is not null as is_on_labor_list,
    coalesce(labor.is_child_labor, false) as child_labor_listed,
    coalesce(labor.is_forced_labor, false) as forced_labor_listed,
    coalesce(labor.is_derived, false) as derived_listed,
    labor.derived_from_iso3,
    labor.goods as goods_listed,
    labor.listed_as_of,
    {{ rounded('governance.wgi_estimate', 4) }} as wgi_estimate,
    governance.year::smallint as wgi_year,
    feoc.iso3 is not null as is_feoc,
    coalesce(restrictions.is_whole, false) as restricts_exports,
    case when restrictions.is_whole then restrictions.worst_measure end as worst_measure,
    agreements.party_iso3 is not null as has_agreement,
    agreements.signed as agreement_signed,
    case when remedies_held.is_held then remedies.in_force is not null end as has_trade_remedy,
    remedies.in_force as trade_remedies,
    imports.usa_import_share,
    imports.usa_import_year,
    imports.can_import_share,
    imports.can_import_year,
    imports.mex_import_share,
    imports.mex_import_year,
    imports.usmca_import_share,
    imports.usmca_import_year,
    {{ rounded('producers.world_share', 6) }} as world_production_share,
    producers.year as production_year,
    case
        when imports.supplier_iso3 is null and producers.supplier_iso3 is null then 'listed_only'
        when imports.supplier_iso3 is null then 'no_imports_from_it'
        when governance.iso3 is null then 'governance_not_published'
        else 'complete'
    end as coverage,
    concat_ws(
        ';',
        imports.source_ids,
        producers.source_id,
        case when labor.country_iso3 is not null then 'ilab_goods' end,
        case when governance.iso3 is not null then 'worldbank_wgi' end,
        'policy_events'
    ) as source_ids
from named
cross join remedies_held
left join imports
    on
        named.mineral_id = imports.mineral_id
        and named.stage = imports.stage
        and named.supplier_iso3 = imports.supplier_iso3
left join producers
    on
        named.mineral_id = producers.mineral_id
        and named.stage = producers.stage
        and named.supplier_iso3 = producers.supplier_iso3
left join {{ ref('fct_labor_listing') }} as labor
    on
        named.mineral_id = labor.mineral_id
        and named.stage = labor.stage
        and named.supplier_iso3 = labor.country_iso3
left join governance on named.supplier_iso3 = governance.iso3
left join {{ ref('dim_bloc_member') }} as feoc
    on named.policy_iso3 = feoc.iso3 and feoc.bloc = 'FEOC' and feoc.is_member_today
left join {{ ref('fct_restricting_supplier') }} as restrictions
    on
        named.policy_iso3 = restrictions.imposer_iso3
        and named.mineral_id = restrictions.mineral_id
        and named.stage = restrictions.stage
left join agreements on named.policy_iso3 = agreements.party_iso3
left join remedies on named.mineral_id = remedies.mineral_id and named.supplier_iso3 = remedies.origin_iso3
