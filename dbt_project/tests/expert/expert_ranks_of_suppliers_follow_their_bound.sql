-- Of two suppliers, the one whose loss leaves more unreplaced ranks first.
with suppliers as (
    select distinct
        year,
        lost_supplier_iso3,
        supplier_rank,
        supplier_unreplaced_share_high
    from {{ ref('disruption_scenario') }}
    where scenario_id = 'usa_embargo' and supplier_rank is not null
)

select
    higher.year,
    higher.lost_supplier_iso3,
    lower_ranked.lost_supplier_iso3 as ranked_below
from suppliers as higher
inner join
    suppliers as lower_ranked
    on higher.year = lower_ranked.year and higher.supplier_rank < lower_ranked.supplier_rank
where higher.supplier_unreplaced_share_high < lower_ranked.supplier_unreplaced_share_high - 1e-9
