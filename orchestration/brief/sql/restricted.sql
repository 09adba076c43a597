-- Share of US imports of critical minerals from countries that currently restrict their export, newest four
-- years, from the table to quote: all forms together if USGS prints them so. If a larger part of a single
-- form is restricted, such as chromite, the form is named in its own column and does not decide the verdict
-- on the mineral.
with newest as (
    select *
    from marts.restricted_supply
    where area = 'USA' and basis = 'usgs_four_years'
    qualify period = max(period) over (partition by mineral_id)
),

forms as (
    select
        mineral_id,
        arg_max(stage, (restricted_import_share, stage)) as form,
        max(restricted_import_share) as form_share
    from newest
    where not is_recommended and restricted_import_share > 0
    group by mineral_id
)

select
    minerals.name as mineral,
    supply.stage,
    round(100 * supply.restricted_import_share, 1) as restricted_import_pct,
    round(100 * supply.restricted_import_share_high, 1) as at_most_pct,
    forms.form as one_form_alone,
    round(100 * forms.form_share, 1) as one_form_pct,
    round(100 * supply.restricted_world_production_share, 1) as restricted_world_output_pct,
    supply.worst_measure,
    supply.suspended_measure,
    supply.unknown_since,
    supply.imposers,
    supply.form_imposers,
    supply.agreement_with_largest_imposer,
    supply.known_through
from newest as supply
inner join core.dim_mineral as minerals using (mineral_id)
left join forms
    on supply.mineral_id = forms.mineral_id and forms.form_share > supply.restricted_import_share
where
    supply.is_recommended
    -- single rare earths and similar minerals have no import figures of their own; their group has them
    and (
        (minerals.is_critical and not minerals.is_allocation_only)
        or supply.mineral_id in (select members.group_id from core.dim_mineral as members where members.is_critical)
    )
order by restricted_import_pct desc, at_most_pct desc, mineral
