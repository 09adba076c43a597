-- A row of the three and a row of the USA must agree on the USA in the same basis: on its dependency on
-- countries outside the three, and on the shares of suppliers if both use the same table.
with usa as (
    select dependency.*
    from {{ ref('import_dependency') }} as dependency
    where dependency.area = 'USA'
),

bloc as (
    select
        dependency.*,
        coalesce(netted.us_basis, dependency.basis) as us_basis
    from {{ ref('import_dependency') }} as dependency
    left join {{ ref('policy_stage') }} as netted
        on dependency.mineral_id = netted.mineral_id and dependency.basis = netted.stage || '_stage'
    where dependency.area = 'USMCA'
)

select
    bloc.mineral_id,
    bloc.basis,
    bloc.year,
    bloc.edition
from bloc
inner join usa
    on
        bloc.mineral_id = usa.mineral_id
        and bloc.us_basis = usa.basis
        and bloc.year = usa.year
        and bloc.edition = usa.edition
where
    bloc.us_dependency_on_outside_pct is distinct from usa.us_dependency_on_outside_pct
    or (
        bloc.supplier_period = usa.supplier_period
        and (
            bloc.china_import_share_pct is distinct from usa.china_import_share_pct
            or bloc.intra_bloc_import_share_pct is distinct from usa.intra_bloc_import_share_pct
        )
    )
