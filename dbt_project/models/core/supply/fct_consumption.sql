-- US consumption of a mineral and the part that domestic output does not meet, and the same for the three as
-- one where its balance is the policy stage's. The three cannot consume less than one of them: if net weights
-- give less, they miss a form of the mineral.
with bloc as (
    select
        netted.*,
        staged.us_basis
    from {{ ref('fct_bloc_dependency') }} as netted
    inner join {{ ref('dim_headline_stage') }} as staged
        on netted.mineral_id = staged.mineral_id and netted.basis = staged.policy_stage || '_stage'
    where netted.area = 'USMCA' and netted.apparent_consumption_t is not null
    qualify row_number() over (partition by netted.mineral_id, netted.year order by netted.edition desc) = 1
)

select
    usa.mineral_id,
    usa.year,
    usa.edition,
    usa.stage,
    usa.apparent_consumption_t as usa_consumption_t,
    usa.reliance_pct as usa_reliance_pct,
    usa.reliance_low_pct as usa_reliance_low_pct,
    usa.reliance_high_pct as usa_reliance_high_pct,
    bloc.apparent_consumption_t as bloc_consumption_t,
    {{ at_least_zero('bloc.net_import_reliance_pct') }} as bloc_reliance_pct,
    {{ at_least_zero('bloc.nir_low_pct') }} as bloc_reliance_low_pct,
    {{ at_least_zero('bloc.nir_high_pct') }} as bloc_reliance_high_pct,
    coalesce(bloc.source_ids, usa.source_ids) as source_ids,
    usa.archive_ids
from {{ ref('fct_us_supply') }} as usa
left join bloc
    on
        usa.mineral_id = bloc.mineral_id
        and usa.year = bloc.year
        and usa.basis = bloc.us_basis
        and usa.apparent_consumption_t <= bloc.apparent_consumption_t
