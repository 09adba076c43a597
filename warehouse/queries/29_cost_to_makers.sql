-- What would a floor add to the cost of magnets, per ton and by scenario?
-- The floors are alternatives and are not added: the price support of the agreement with MP Materials, and
-- the mean price of 2019 to 2023, or of those years with a price. Both and the price they are compared with
-- are per kg of oxide; the agreement pays for NdPr, and the price is that of neodymium oxide. Exempt members
-- change what is charged at the border (question 6), not the cost of the mineral in a magnet, and are left
-- out. The content of a magnet has bounds (citation). No price of a magnet is held. magnets_usd_per_t is the
-- mean price of US imports of all metal magnets (HS 8505.11) in the newest year with weights, by BACI;
-- sintered magnets with neodymium can cost more or less.
with magnets as (
    select
        concat('8505.11, ', year(period)) as unit_value_of,
        sum(value_usd) / sum(quantity_t) as usd_per_t
    from marts.import_sources
    where
        area = 'USA'
        and mineral_id = 'rare_earths'
        and stage = 'end_form'
        and basis = 'baci'
        and quantity_t > 0
    group by period
    qualify period = max(period) over ()
)

select
    case floors.scenario_id
        when 'ndpr_precedent' then 'price support of 2025'
        when 'usa_five_year_mean'
            then concat(
                'mean price of 2019 to 2023 (', any_value(floors.floor_years_held), ' of ',
                any_value(floors.floor_years_asked), ' years)'
            )
        else replace(floors.scenario_id, '_', ' ')
    end as scenario,
    floors.product_code as hs_code,
    year(floors.period) as year,
    floors.floor_usd_per_kg,
    floors.price_usd_per_kg,
    floors.added_cost_low_usd_per_t,
    floors.added_cost_usd_per_t,
    floors.added_cost_high_usd_per_t,
    round(any_value(magnets.usd_per_t)) as magnets_usd_per_t,
    round(100 * floors.added_cost_usd_per_t / any_value(magnets.usd_per_t), 1) as added_of_unit_value_pct,
    any_value(magnets.unit_value_of) as unit_value_of,
    any_value(floors.citation) as citation,
    concat(any_value(floors.source_ids), ';cepii_baci') as source_ids
from marts.floor_pass_through as floors
left join magnets on true
where floors.coverage != 'content_not_cited' and floors.scenario_id not like '%exempt'
group by
    floors.scenario_id, floors.product_code, floors.period, floors.floor_usd_per_kg, floors.price_usd_per_kg,
    floors.added_cost_low_usd_per_t, floors.added_cost_usd_per_t, floors.added_cost_high_usd_per_t
order by floors.added_cost_usd_per_t desc, scenario asc, hs_code asc, year asc;
