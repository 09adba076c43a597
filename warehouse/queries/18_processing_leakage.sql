-- Where do the USA, Canada or Mexico export ore and import a refined form, which could be processed at home?
-- Figures for the USA are those of USGS, for Canada and Mexico those of UN Comtrade in the newest year with
-- both flows, in gross weight. Weights that Comtrade estimated, and years more than two before the newest,
-- are left out. The deficit is the three's share of world mine output minus their share of refinery output,
-- with bounds. Without a published table of refineries it is not known; then only ore exports and refined
-- imports show that material leaves and returns. Ore exports below a hundredth of refined imports close no
-- gap. The suppliers are those of the area's imports of the refined form in the table to quote, with its
-- years. Gross weight is not compared with content. Ore without a known weight comes last.
with suppliers as (
    select
        held.area,
        held.mineral_id,
        held.stage,
        concat(
            string_agg(
                concat(
                    countries.name, printf(' %.0f %%', 100 * coalesce(held.quantity_share, held.value_share))
                ),
                ', '
                order by held.rank
            ),
            ' (',
            year(held.period),
            if(held.basis = 'usgs_four_years', concat('-', year(held.period) + 3), ''),
            ', by ',
            if(bool_and(held.quantity_share is not null), 'weight', 'value'),
            ')'
        ) as largest_three
    from marts.import_sources as held
    inner join core.dim_country as countries on held.supplier_iso3 = countries.iso3
    where
        held.is_recommended
        and held.stage in ('refined_metal', 'compound', 'intermediate')
        and held.supplier_iso3 != 'ZZZ'
        and held.rank <= 3
    group by held.area, held.mineral_id, held.stage, held.basis, held.period
    qualify
        row_number() over (
            partition by held.area, held.mineral_id
            order by
                list_position(['refined_metal', 'compound', 'intermediate'], held.stage), held.period desc
        ) = 1
),

gaps as (
    select *
    from marts.processing_gap
    qualify year = max(year) over (partition by mineral_id)
),

-- a heading and its subheadings are the same goods
customs as (
    select *
    from core.fct_trade
    where
        source_id = 'comtrade'
        and reporter_iso3 in ('CAN', 'MEX')
        and partner_iso3 = 'WLD'
        and period_type = 'year'
    qualify
        length(hs_code)
        = max(length(hs_code)) over (partition by reporter_iso3, flow, period, substr(hs_code, 1, 4))
),

flows as (
    select
        customs.reporter_iso3 as area,
        codes.mineral_id,
        year(customs.period) as year,
        customs.flow,
        sum(customs.value_usd) as value_usd,
        if(
            bool_or(customs.is_net_weight_estimated) or count(customs.net_weight_kg) < count(*),
            null,
            sum(customs.net_weight_kg) / 1000
        ) as gross_t,
        concat(
            if(gross_t is null, 'weight estimated or not stated; ', 'gross weight; '),
            format('USD {:,.1f} million', sum(customs.value_usd) / 1e6)
        ) as basis
    from customs
    inner join core.bridge_trade_product as codes
        on
            customs.hs_code = codes.hs_code
            and customs.nomenclature = codes.nomenclature
            and customs.period >= codes.valid_from
            and customs.period <= coalesce(codes.valid_to, date '9999-12-31')
    where
        codes.weight_low = 1
        and not codes.is_allocation_only
        and (customs.flow, codes.stage) in (('export', 'ore_concentrate'), ('import', 'refined_metal'))
    group by customs.reporter_iso3, codes.mineral_id, customs.period, customs.flow
),

pairs as (
    select
        'USA' as area,
        mineral_id,
        year,
        usa_ore_exports_t as ore_exports_t,
        replace(usa_ore_basis, 'REO', 'rare earth oxides') as ore_basis,
        usa_refined_imports_t as refined_imports_t,
        replace(usa_refined_basis, 'REO', 'rare earth oxides') as refined_basis,
        source_ids
    from marts.processing_gap
    where usa_ore_exports_t >= 0.01 * usa_refined_imports_t and usa_refined_imports_t > 0
    union all by name
    select
        ores.area,
        ores.mineral_id,
        ores.year,
        ores.gross_t as ore_exports_t,
        ores.basis as ore_basis,
        metals.gross_t as refined_imports_t,
        metals.basis as refined_basis,
        'comtrade' as source_ids
    from flows as ores
    inner join flows as metals
        on
            ores.area = metals.area
            and ores.mineral_id = metals.mineral_id
            and ores.year = metals.year
            and metals.flow = 'import'
    where ores.flow = 'export' and ores.value_usd >= 0.01 * metals.value_usd
)

select
    pairs.area,
    pairs.mineral_id,
    pairs.year,
    pairs.ore_exports_t,
    pairs.ore_basis,
    pairs.refined_imports_t,
    pairs.refined_basis,
    suppliers.largest_three as suppliers,
    case
        when gaps.mine_share_usmca_high is null
            then printf('at least %.1f %%', 100 * gaps.mine_share_usmca_low)
        when gaps.mine_share_usmca_low < gaps.mine_share_usmca_high
            then printf(
                '%.1f to %.1f %%', 100 * gaps.mine_share_usmca_low, 100 * gaps.mine_share_usmca_high
            )
        else printf('%.1f %%', 100 * gaps.mine_share_usmca_low)
    end as three_in_world_mines,
    case
        when gaps.refinery_share_usmca_high is null
            then printf('at least %.1f %%', 100 * gaps.refinery_share_usmca_low)
        when gaps.refinery_share_usmca_low < gaps.refinery_share_usmca_high
            then printf(
                '%.1f to %.1f %%', 100 * gaps.refinery_share_usmca_low, 100 * gaps.refinery_share_usmca_high
            )
        else printf('%.1f %%', 100 * gaps.refinery_share_usmca_low)
    end as three_in_world_refineries,
    gaps.processing_deficit_low_pp,
    gaps.processing_deficit_high_pp,
    gaps.coverage,
    if(pairs.area = 'USA', pairs.source_ids, concat_ws(';', pairs.source_ids, gaps.source_ids)) as source_ids
from pairs
left join gaps on pairs.mineral_id = gaps.mineral_id
left join suppliers on pairs.area = suppliers.area and pairs.mineral_id = suppliers.mineral_id
qualify
    pairs.year = max(pairs.year) over (partition by pairs.area, pairs.mineral_id)
    and pairs.year >= max(pairs.year) over () - 2
order by
    pairs.ore_exports_t is null asc,
    gaps.processing_deficit_low_pp desc nulls last,
    max(pairs.ore_exports_t) over (partition by pairs.mineral_id) desc nulls last,
    pairs.mineral_id asc,
    list_position(['USA', 'CAN', 'MEX'], pairs.area) asc;
