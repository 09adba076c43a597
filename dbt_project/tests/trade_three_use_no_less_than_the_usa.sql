-- The three never use less than the USA alone. If a netted row says so, it lacks a form of the mineral.
select
    bloc.mineral_id,
    bloc.basis,
    bloc.year,
    bloc.edition,
    bloc.apparent_consumption_t,
    usa.consumption_t as usa_consumption_t
from {{ ref('import_dependency') }} as bloc
inner join {{ ref('fct_member_balance') }} as usa
    on
        usa.country_iso3 = 'USA'
        and bloc.mineral_id = usa.mineral_id
        and bloc.basis = usa.stage || '_stage'
        and bloc.year = usa.year
        and bloc.edition = usa.edition
where bloc.area = 'USMCA' and bloc.apparent_consumption_t < usa.consumption_t * (1 - 1e-9)
