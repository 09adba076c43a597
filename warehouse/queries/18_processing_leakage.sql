-- Where is ore exported while the refined form is imported, so that processing at home would close a gap?
-- The deficit is the three's share of world mine output minus their share of refinery output, with bounds.
-- Without a published table of refineries it is not known; then only ore exports and refined imports show
-- that material leaves and returns. Ore exports below a hundredth of refined imports close no gap. The
-- suppliers are those of US imports of the refined form that the table to quote names.
with suppliers as (
    select
        held.mineral_id,
        held.stage,
        string_agg(
            concat(
                countries.name, printf(' %.0f %%', 100 * coalesce(held.quantity_share, held.value_share))
            ),
            ', '
            order by held.rank
        ) as largest_three
    from marts.import_sources as held
    inner join core.dim_country as countries on held.supplier_iso3 = countries.iso3
    where
        held.area = 'USA'
        and held.is_recommended
        and held.stage in ('refined_metal', 'compound', 'intermediate')
        and held.supplier_iso3 != 'ZZZ'
        and held.rank <= 3
    group by held.mineral_id, held.stage, held.basis, held.period
    qualify
        row_number() over (
            partition by held.mineral_id
            order by
                list_position(['refined_metal', 'compound', 'intermediate'], held.stage), held.period desc
        ) = 1
)

select
    gaps.mineral_id,
    gaps.year,
    gaps.usa_ore_exports_t,
    replace(gaps.usa_ore_basis, 'REO', 'rare earth oxides') as usa_ore_basis,
    gaps.usa_refined_imports_t,
    replace(gaps.usa_refined_basis, 'REO', 'rare earth oxides') as usa_refined_basis,
    suppliers.largest_three as suppliers_of_the_usa,
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
    gaps.source_ids
from marts.processing_gap as gaps
left join suppliers on gaps.mineral_id = suppliers.mineral_id
where gaps.usa_ore_exports_t >= 0.01 * gaps.usa_refined_imports_t and gaps.usa_refined_imports_t > 0
qualify row_number() over (partition by gaps.mineral_id order by gaps.year desc) = 1
order by gaps.processing_deficit_low_pp desc nulls last, gaps.usa_ore_exports_t desc, gaps.mineral_id asc;
