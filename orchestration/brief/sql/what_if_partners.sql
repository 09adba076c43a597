-- Countries that supply at least two minerals or a fifth of one, without foreign entities of concern.
-- Countries on the candidate list are preselected.
with suppliers as (
    select
        supplier.supplier_iso3 as iso3,
        count(*) as minerals,
        max(supplier.import_share) as largest_share
    from core.fct_us_supplier as supplier
    inner join core.dim_mineral as minerals using (mineral_id)
    where minerals.on_us_2025 and supplier.supplier_iso3 not in ('CAN', 'MEX', 'ZZZ', 'USA')
    group by all
)

select
    suppliers.iso3,
    country.name,
    suppliers.minerals,
    exists (
        select 1
        from core.dim_bloc_member as member
        where
            member.bloc = 'PLURILATERAL_CANDIDATE'
            and member.iso3 = suppliers.iso3
            and member.valid_to is null
    ) as invited
from suppliers
inner join core.dim_country as country on suppliers.iso3 = country.iso3
where
    (suppliers.minerals > 1 or suppliers.largest_share >= 0.2)
    and suppliers.iso3 not in (select iso3 from core.dim_bloc_member where bloc = 'FEOC')
order by suppliers.minerals desc, country.name
