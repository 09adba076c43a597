-- Which single foreign supplier, if lost, leaves the largest part of US imports unreplaced?
-- Every critical mineral counts equally, whatever its price. Where replacement is not known, the lower bound
-- assumes that nothing is missing. The upper bound counts only replacement from published capacity of
-- operating plants. Values are of what customs of the year show that the supplier sold. The rank is by the
-- upper bound; it runs from rank_from to rank_to, as far as the bounds and other assumptions allow.
with suppliers as (
    select
        lost_supplier_iso3,
        year,
        any_value(supplier_rank) as default_rank,
        any_value(supplier_unreplaced_share_low) as mean_share_unreplaced_low,
        any_value(supplier_unreplaced_share_high) as mean_share_unreplaced_high,
        count(*) filter (unreplaced_share_high > 0.1) as minerals_that_can_miss_a_tenth,
        arg_max(mineral_id, unreplaced_share_high) as worst_mineral,
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
)

select
    suppliers.default_rank as rank_by_upper_bound,
    moves.best_rank as rank_from,
    moves.worst_rank as rank_to,
    coalesce(members.iso3 is not null, false) as is_bloc,
    suppliers.lost_supplier_iso3,
    suppliers.year,
    suppliers.mean_share_unreplaced_low,
    suppliers.mean_share_unreplaced_high,
    suppliers.minerals_that_can_miss_a_tenth,
    suppliers.worst_mineral,
    suppliers.import_value_not_replaced_at_least_usd,
    suppliers.import_value_not_replaced_at_most_usd,
    suppliers.minerals_not_measured,
    suppliers.source_ids
from suppliers
inner join moves
    on suppliers.lost_supplier_iso3 = moves.lost_supplier_iso3 and suppliers.year = moves.year
left join core.dim_bloc_member as members
    on
        suppliers.lost_supplier_iso3 = members.iso3
        and members.bloc = 'NORTH_AMERICA'
        and members.is_member_today
order by suppliers.default_rank, suppliers.lost_supplier_iso3;
