-- The supplier table to quote for an area and mineral, by seeds.figures_to_quote, and how the other tables
-- differ from it. USGS's table of the mineral as a whole comes first, then the policy stage, then the stage
-- with the largest value; scrap and finished goods never precede the mineral itself. The table of a code that
-- several minerals share is never quoted for any of them, nor is a month or a year with one or two lots: they
-- do not identify suppliers.
{%- set least_usd = 100000 %}

with supplier_tables as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        bool_or(is_headline) as is_headline,
        coalesce(bool_or(is_allocated), false) as is_basket,
        count(coalesce(quantity_share, value_share)) > 0 as has_shares,
        {{ exact_sum('value_usd') }} as value_usd,
        coalesce({{ exact_sum('value_usd') }} < {{ least_usd }}, false) as is_small
    from {{ ref('fct_import_source') }}
    group by area, mineral_id, stage, period, period_type, basis
),

policy_stages as (
    select distinct
        mineral_id,
        line_stage
    from {{ ref('dim_policy_stage') }}
    where role = 'headline'
),

valued as (
    select
        supplier_tables.*,
        choices.place,
        choices.reason,
        choices.difference,
        policy_stages.line_stage is not null as is_policy_stage,
        max(supplier_tables.period) over stage_and_basis as newest_period,
        max(supplier_tables.value_usd) over (
            partition by supplier_tables.area, supplier_tables.mineral_id, supplier_tables.stage
        ) as largest_value_usd
    from supplier_tables
    left join {{ ref('dim_figure_to_quote') }} as choices
        on
            choices.question = 'import_share'
            and supplier_tables.area = choices.area
            and supplier_tables.basis = choices.choice
    left join policy_stages
        on
            supplier_tables.mineral_id = policy_stages.mineral_id
            and supplier_tables.stage = policy_stages.line_stage
    window stage_and_basis as (
        partition by
            supplier_tables.area, supplier_tables.mineral_id, supplier_tables.stage, supplier_tables.basis,
            supplier_tables.period_type
    )
),

ordered as (
    select
        *,
        row_number() over (
            partition by area, mineral_id
            order by
                has_shares desc,
                is_basket asc,
                is_small asc,
                case when period_type = 'month' then 1 else 0 end asc,
                is_headline desc,
                is_policy_stage desc,
                case when stage in ('scrap', 'end_form') then 1 else 0 end asc,
                coalesce(largest_value_usd, 0) desc,
                stage asc,
                coalesce(place, 9) asc,
                period desc
        ) as preference
    from valued
),

beside_the_first as (
    select
        *,
        preference = 1
        and has_shares
        and not is_basket
        and not is_small
        and period_type != 'month' as is_fit_to_quote,
        first_value(stage) over (partition by area, mineral_id order by preference) as quoted_stage,
        first_value(basis) over (partition by area, mineral_id order by preference) as quoted_basis
    from ordered
)

select
    area,
    mineral_id,
    stage,
    period,
    period_type,
    basis,
    is_fit_to_quote and place is not null as is_recommended,
    case
        when is_fit_to_quote then reason
        else
            concat_ws(
                '; ',
                case when not has_shares then 'suppliers in order, without shares' end,
                case
                    when is_basket
                        then 'one code of several minerals: these are the suppliers of all of them together'
                end,
                case when is_small then 'less than USD 100 000 in the period: a lot or two' end,
                case when period_type = 'month' then 'a single month, whose shares are accidental' end,
                case when stage != quoted_stage then 'another stage or form' end,
                case when basis != quoted_basis then difference end,
                case when period < newest_period then 'an earlier period' end
            )
    end as quote_note
from beside_the_first
