-- The newest price of each series of a mineral at a stage, and which of them to quote.
with newest as (
    select *
    from {{ ref('fct_price') }}
    qualify row_number() over (
        partition by source_id, series_id, mineral_id, stage order by period desc
    ) = 1
),

reference_series as (
    select distinct
        source_id,
        series_id,
        mineral_id,
        stage
    from {{ ref('fct_reference_price') }}
),

compared as (
    select
        newest.*,
        reference_series.series_id is not null as is_recommended,
        -- a monthly price takes precedence over a yearly one
        bool_or(reference_series.series_id is not null and newest.period_type = 'month') over (
            partition by newest.mineral_id, newest.stage
        ) as has_quoted_month,
        count(*) over (partition by newest.mineral_id, newest.stage) = 1 as is_only_series,
        max(case when reference_series.series_id is not null then newest.basis end) over (
            partition by newest.mineral_id, newest.stage
        ) as quoted_basis
    from newest
    left join reference_series
        on
            newest.source_id = reference_series.source_id
            and newest.series_id = reference_series.series_id
            and newest.mineral_id = reference_series.mineral_id
            and newest.stage = reference_series.stage
),

chosen as (
    select
        *,
        case
            when is_recommended and period_type = 'month' then 'reference_month'
            when is_recommended then 'reference_year'
            when is_only_series then 'only_series'
            when reference_order >= 9 then 'no_reference'
            when period_type = 'year' and has_quoted_month then 'yearly'
            else 'same_period'
        end as choice
    from compared
)

select
    chosen.mineral_id,
    chosen.stage,
    chosen.source_id,
    chosen.series_id,
    chosen.period,
    chosen.period_type,
    chosen.usd_per_kg as price_usd_per_kg,
    chosen.basis as price_basis,
    chosen.contained_element,
    chosen.price as printed_price,
    chosen.unit,
    chosen.series as printed_as,
    chosen.is_recommended,
    case
        when chosen.is_recommended then choices.reason
        else
            concat_ws(
                '; ',
                choices.difference,
                case
                    when chosen.basis != chosen.quoted_basis and chosen.basis = 'contained'
                        then concat('per kg of contained ', chosen.contained_element)
                    when chosen.basis != chosen.quoted_basis then 'per kg of what is traded'
                end
            )
    end as quote_note,
    chosen.archive_id
from chosen
left join {{ ref('dim_figure_to_quote') }} as choices
    on choices.question = 'price' and chosen.choice = choices.choice
