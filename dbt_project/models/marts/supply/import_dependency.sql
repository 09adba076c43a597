-- How dependent each country, and North America as one, is on others for a mineral.
{%- set columns = [
    'area', 'mineral_id', 'basis', 'year', 'edition', 'basis_carried_from', 'stage', 'product', 'is_headline',
    'method', 'primary_production_t', 'secondary_production_t', 'imports_t', 'exports_t', 'stock_change_t',
    'apparent_consumption_t', 'net_import_reliance_pct', 'nir_qualifier', 'nir_low_pct', 'nir_high_pct',
    'published_nir_pct', 'published_nir_qualifier', 'published_nir_low_pct', 'published_nir_high_pct',
    'computed_nir_pct', 'is_estimated', 'china_import_share_pct', 'china_value_share_of_year_pct',
    'intra_bloc_import_share_pct', 'us_dependency_on_outside_pct', 'us_dependency_on_outside_low_pct',
    'us_dependency_on_outside_high_pct', 'bloc_net_dependency_pct', 'bloc_net_dependency_low_pct',
    'bloc_net_dependency_high_pct', 'top_supplier_iso3', 'top_supplier_share_pct', 'supplier_period',
    'coverage', 'not_netted_reason', 'netting_sources', 'coverage_note', 'archive_ids', 'source_ids',
] %}
with stated as (
    {{ union_by_name(columns, [
        (ref('fct_import_dependency_us'), [
            'product', 'bloc_net_dependency_pct', 'bloc_net_dependency_low_pct',
            'bloc_net_dependency_high_pct', 'not_netted_reason', 'netting_sources',
        ]),
        (ref('fct_bloc_dependency'), [
            'basis_carried_from', 'published_nir_low_pct', 'published_nir_high_pct', 'computed_nir_pct',
            'china_value_share_of_year_pct',
        ]),
    ]) }}
),

quoted as (
    select
        *,
        coalesce(
            is_headline and edition = max(case when is_headline then edition end) over of_year, false
        ) as is_recommended,
        edition < max(edition) over of_year as is_earlier_edition
    from stated
    window of_year as (partition by area, mineral_id, year)
),

-- lowest and highest of the three; the three as one are a mean weighted by consumption and lie between
members as (
    select
        mineral_id,
        year,
        stage,
        min(case when nir_qualifier = 'E' then -1e9 else nir_low_pct end) as lowest_pct,
        max(case when nir_qualifier = 'E' then coalesce(nir_high_pct, 0) else nir_high_pct end) as highest_pct
    from quoted
    where
        is_recommended
        and area in ('USA', 'CAN', 'MEX')
        and (nir_qualifier = 'E' or nir_high_pct is not null)
    group by mineral_id, year, stage
    having count(distinct area) = 3
)

-- a net exporter is only marked: if net exports exceed consumption, no percentage is stated
select
    {{ all_but([
        'is_earlier_edition', 'net_import_reliance_pct', 'nir_low_pct', 'nir_high_pct', 'computed_nir_pct',
    ], of='quoted') }},
    {{ not_below_a_whole('quoted.net_import_reliance_pct') }} as net_import_reliance_pct,
    {{ not_below_a_whole('quoted.nir_low_pct') }} as nir_low_pct,
    case when quoted.nir_high_pct < -100 then 0 else quoted.nir_high_pct end as nir_high_pct,
    {{ not_below_a_whole('quoted.computed_nir_pct') }} as computed_nir_pct,
    nullif(staged.output_stage, '') as output_stage,
    coalesce(
        quoted.nir_qualifier = 'E'
        or quoted.net_import_reliance_pct is not null
        or quoted.nir_low_pct > 0
        or quoted.nir_high_pct < 100,
        false
    ) as is_determined,
    {{ area_name('quoted.area') }} as area_name,
    case
        when quoted.is_recommended then choices.reason
        else
            concat_ws(
                '; ',
                case when not coalesce(quoted.is_headline, false) then choices.difference end,
                case when quoted.is_earlier_edition then 'an earlier edition' end
            )
    end as quote_note,
    case
        when quoted.area = 'USMCA' and quoted.is_recommended and members.mineral_id is not null
            then coalesce(
                quoted.nir_low_pct > members.highest_pct + 0.5
                or coalesce(quoted.nir_high_pct, 100) < members.lowest_pct - 0.5,
                false
            )
    end as contradicts_members
from quoted
left join {{ ref('dim_figure_to_quote') }} as choices
    on
        choices.question = 'net_import_reliance'
        and quoted.area = choices.area
        and choices.choice
        = case when coalesce(quoted.is_headline, false) then 'headline' else 'other_basis' end
left join {{ ref('dim_headline_stage') }} as staged
    on
        quoted.mineral_id = staged.mineral_id
        and quoted.basis
        = case when quoted.area = 'USA' then staged.us_basis else staged.policy_stage || '_stage' end
left join members
    on quoted.mineral_id = members.mineral_id and quoted.year = members.year and quoted.stage = members.stage
