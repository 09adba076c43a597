-- Which sectors use the minerals the USA depends on most, and how much of that supply is restricted?
-- The five of a sector are ranked by dependency alone: USGS names the uses of a mineral without quantities,
-- so a minor use of a mineral that is wholly imported may rank first. measured_as names the group where a
-- mineral has no balance of its own. China's shares are by weight over supplier_period, and by value for one
-- year. If the suspension of a control has run out, it is not known whether the control is in force:
-- suspended_controls says since when, and the share counts controls in force only.
select
    replace(exposure.sector_id, '_', ' ') as sector,
    exposure.mineral_id,
    exposure.use_text,
    if(exposure.measured_as = exposure.mineral_id, null, measured.name) as measured_as,
    exposure.year,
    case
        when exposure.extra_bloc_dependency_low_pct > 0 or exposure.extra_bloc_dependency_high_pct < 100
            then exposure.extra_bloc_dependency_low_pct
    end as extra_bloc_dependency_low_pct,
    case
        when exposure.extra_bloc_dependency_low_pct > 0 or exposure.extra_bloc_dependency_high_pct < 100
            then exposure.extra_bloc_dependency_high_pct
    end as extra_bloc_dependency_high_pct,
    exposure.china_import_share_pct,
    exposure.supplier_period,
    exposure.china_value_share_of_year_pct,
    exposure.restricted_import_share,
    case
        when exposure.suspended_measure is null then 'none'
        else concat(
            replace(exposure.suspended_measure, '_', ' '),
            ', not counted: not known since ', exposure.unknown_since, ' whether it is in force'
        )
    end as suspended_controls,
    exposure.coverage,
    exposure.source_ids
from marts.end_use_exposure as exposure
left join core.dim_mineral as measured on exposure.measured_as = measured.mineral_id
where exposure.area = 'USA' and exposure.rank_in_sector <= 5
order by
    max(coalesce(exposure.restricted_import_share, 0)) over (partition by exposure.sector_id) desc,
    exposure.sector_id asc,
    exposure.rank_in_sector asc;
