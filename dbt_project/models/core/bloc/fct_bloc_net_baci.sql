-- Net imports of the three as one by BACI alone, in which both sides of a flow are one figure: trade among
-- the three cancels. Contained tons at the policy stages, by year, where every code of the stage is held and
-- none is a basket.
with codes as (
    select
        mineral_id,
        stage,
        hs_code,
        factor_low,
        factor_mid,
        factor_high,
        count(*) over (partition by mineral_id, stage) as stage_codes,
        min(factor_low) over (partition by mineral_id, stage) as least_factor
    from {{ ref('policy_stage_codes') }}
),

by_code as (
    select
        codes.mineral_id,
        codes.stage,
        codes.hs_code,
        codes.stage_codes,
        codes.factor_low,
        codes.factor_mid,
        codes.factor_high,
        lines.year,
        {{ flow_sum('import', 'lines.gross_weight_t') }} as imports_t,
        {{ flow_sum('import', 'lines.gross_weight_low_t') }} as imports_low_t,
        {{ flow_sum('import', 'lines.gross_weight_high_t') }} as imports_high_t,
        {{ flow_sum('export', 'lines.gross_weight_t') }} as exports_t,
        {{ flow_sum('export', 'lines.gross_weight_low_t') }} as exports_low_t,
        {{ flow_sum('export', 'lines.gross_weight_high_t') }} as exports_high_t,
        {{ joined_distinct('lines.archive_id', ';') }} as archive_ids
    from codes
    inner join {{ ref('fct_baci_flow') }} as lines
        on left(lines.hs_code, length(codes.hs_code)) = codes.hs_code and lines.area = 'USMCA'
    where codes.least_factor > 0
    group by
        codes.mineral_id, codes.stage, codes.hs_code, codes.stage_codes, codes.factor_low, codes.factor_mid,
        codes.factor_high, lines.year
),

us_imports as (
    select
        codes.mineral_id,
        codes.stage,
        flows.year,
        {{ exact_sum('flows.gross_weight_t * codes.factor_mid') }} as us_imports_t
    from codes
    inner join {{ ref('fct_baci_flow') }} as flows
        on
            left(flows.hs_code, length(codes.hs_code)) = codes.hs_code
            and flows.area = 'USA'
            and flows.flow = 'import'
    group by codes.mineral_id, codes.stage, flows.year
),

summed as (
    select
        mineral_id,
        stage,
        year,
        {{ exact_sum('(imports_t - exports_t) * factor_mid') }} as net_imports_t,
        {{ exact_sum(
            'least((imports_low_t - exports_high_t) * factor_low, (imports_low_t - exports_high_t) * factor_high)'
        ) }} as net_imports_low_t,
        {{ exact_sum(
            'greatest((imports_high_t - exports_low_t) * factor_low, (imports_high_t - exports_low_t) * factor_high)'
        ) }} as net_imports_high_t,
        {{ joined_distinct('archive_ids', ';') }} as archive_ids
    from by_code
    group by mineral_id, stage, year
    having count(*) = max(stage_codes)
)

select
    summed.mineral_id,
    summed.stage,
    summed.year::smallint as year,
    us_imports.us_imports_t,
    summed.net_imports_t,
    summed.net_imports_low_t,
    summed.net_imports_high_t,
    summed.archive_ids
from summed
inner join us_imports
    on
        summed.mineral_id = us_imports.mineral_id
        and summed.stage = us_imports.stage
        and summed.year = us_imports.year
