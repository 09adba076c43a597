-- Which single foreign supplier, if lost, leaves the largest part of US imports unreplaced?
-- Every critical mineral counts equally, whatever its price. Where replacement is not known, the lower bound
-- assumes that nothing is missing. The upper bound counts only replacement from published capacity of
-- operating plants. The part of it that the USA would get is assumed and not measured: the bounds take its
-- share of the remaining market, and under_all_assumptions runs from no replacement to all spare output.
-- Values are the supplier's sales according to customs of the year. The rank is by the upper bound; it runs
-- from rank_from to rank_to, as far as the bounds and other assumptions allow. how_certain has both in words:
-- whether any loss is certain, and how low the rank can fall.
with suppliers as (
    select
        lost_supplier_iso3,
        year,
        any_value(supplier_rank) as default_rank,
        any_value(supplier_unreplaced_share_low) as mean_share_unreplaced_low,
        any_value(supplier_unreplaced_share_high) as mean_share_unreplaced_high,
        any_value(supplier_tried_share_low) as tried_share_low,
        any_value(supplier_tried_share_high) as tried_share_high,
        arg_max(mineral_id, (unreplaced_share_high, mineral_id))
        filter (unreplaced_share_high is not null) as worst_mineral,
        any_value(supplier_value_not_replaced_usd) as import_value_not_replaced_at_least_usd,
        any_value(supplier_value_not_replaced_high_usd) as import_value_not_replaced_at_most_usd,
        any_value(minerals_not_measured) as minerals_not_measured,
        any_value(source_ids) as source_ids
    from marts.disruption_scenario
    where scenario_id = 'usa_embargo' and is_in_supplier_total
    group by lost_supplier_iso3, year
    qualify year = max(year) over ()
),

moves as (
    select
        lost_supplier_iso3,
        year,
        min(supplier_rank_from) as best_rank,
        max(supplier_rank_to) as worst_rank
    from marts.disruption_sensitivity
    group by lost_supplier_iso3, year
),

not_measured as (
    select
        suppliers.lost_supplier_iso3,
        string_agg(minerals.name, ', ' order by minerals.name) as listed
    from suppliers
    inner join core.dim_mineral as minerals
        on list_contains(string_split(suppliers.minerals_not_measured, ';'), minerals.mineral_id)
    group by suppliers.lost_supplier_iso3
)

select
    suppliers.default_rank as rank_by_upper_bound,
    suppliers.lost_supplier_iso3,
    suppliers.year,
    suppliers.mean_share_unreplaced_low,
    suppliers.mean_share_unreplaced_high,
    if(
        suppliers.tried_share_high < 0.001, 'below 0.1 %',
        printf('%.1f to %.1f %%', 100 * suppliers.tried_share_low, 100 * suppliers.tried_share_high)
    ) as under_all_assumptions,
    moves.best_rank as rank_from,
    moves.worst_rank as rank_to,
    concat(
        case
            when suppliers.tried_share_low > 0 then 'a part is certain to be missing'
            when suppliers.mean_share_unreplaced_low > 0 then 'no loss is certain under all assumptions'
            else 'no loss is certain'
        end,
        case
            when moves.best_rank = moves.worst_rank then '; the rank is certain'
            when moves.best_rank = 1 and moves.worst_rank = count(*) over () then '; the rank is not known'
            else printf('; the rank is never below %d of %d', moves.worst_rank, count(*) over ())
        end
    ) as how_certain,
    worst.name as worst_mineral,
    suppliers.import_value_not_replaced_at_least_usd,
    suppliers.import_value_not_replaced_at_most_usd,
    not_measured.listed as minerals_not_measured,
    suppliers.source_ids
from suppliers
inner join moves
    on suppliers.lost_supplier_iso3 = moves.lost_supplier_iso3 and suppliers.year = moves.year
left join core.dim_mineral as worst on suppliers.worst_mineral = worst.mineral_id
left join not_measured on suppliers.lost_supplier_iso3 = not_measured.lost_supplier_iso3
order by suppliers.default_rank, suppliers.lost_supplier_iso3;
