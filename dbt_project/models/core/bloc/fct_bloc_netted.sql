-- Dependency of the three as one, and of Canada and Mexico alone, at the policy stage (F2, F3): net
-- imports divided by the sum of domestic output and net imports. Unknown figures have bounds, which narrow
-- because consumption cannot be negative. The balances come from several records, which may state one flow
-- among the three differently: where BACI covers the same goods, bounds include the figure from BACI alone.
{%- set same_goods = 0.1 %}
{%- set settles_nothing = 50 %}
with balances as (
    select
        *,
        -- at the lower bound of net imports, a country's exports come from its own output
        case
            when net_imports_low_t > -'infinity'::double then greatest(home_low_t, -net_imports_low_t)
            else home_low_t
        end as home_at_low_t,
        consumption_t is not null and net_imports_t is not null as is_point
    from {{ ref('fct_member_balance') }}
),

areas as (
    select
        *,
        country_iso3 as area
    from balances
    where country_iso3 != 'USA'
    union all
    select
        *,
        'USMCA' as area
    from balances
),

summed as (
    select
        area,
        mineral_id,
        stage as policy_stage,
        edition,
        year,
        count(*) as members,
        bool_and(is_point) as is_point,
        bool_and(is_trade_held) as is_trade_held,
        bool_or(is_trade_bounded) as is_trade_bounded,
        bool_or(is_exporting_more_than_output) as is_exporting_more_than_output,
        bool_and(home_t is not null) as is_output_known,
        {{ whole_sum('imports_t') }} as imports_t,
        {{ whole_sum('exports_t') }} as exports_t,
        {{ whole_sum('primary_production_t') }} as primary_production_t,
        {{ exact_sum('secondary_production_t') }} as secondary_production_t,
        {{ whole_sum('net_imports_t') }} as net_imports_t,
        {{ whole_sum('home_t') }} as home_t,
        {{ sum_in_order('net_imports_low_t', 'country_iso3') }} as balances_net_low_t,
        {{ sum_in_order('net_imports_high_t', 'country_iso3') }} as balances_net_high_t,
        {{ sum_in_order('home_low_t', 'country_iso3') }} as home_low_t,
        {{ sum_in_order('home_at_low_t', 'country_iso3') }} as home_at_balances_low_t,
        {{ sum_in_order('home_high_t', 'country_iso3') }} as home_high_t,
        {{ sum_in_order('least(feed_high_t, home_low_t)', 'country_iso3') }} as feed_t,
        bool_or(is_estimated) as is_estimated,
        bool_or(country_iso3 = 'USA' and not is_trade_held) as is_usa_unknown,
        {{ joined(
            "country_iso3 || ': ' || trade_sources", ', ', by='country_iso3', where='trade_sources is not null'
        ) }} as netting_sources,
        {{ joined_distinct('trade_sources', ';') }} as trade_source_ids,
        {{ joined_distinct('output_source_id', ';') }} as output_source_ids,
        max(hs_codes_held) as hs_codes_held,
        {{ joined("country_iso3 || ' of ' || carried_from_year", ', ', by='country_iso3',
            where='carried_from_year is not null') }} as carried_forward,
        {{ joined("country_iso3 || ': ' || unstated_sites", ', ', by='country_iso3',
            where='unstated_sites is not null') }} as unstated_sites,
        bool_or(unstated_sites is not null and home_high_t = 'infinity'::double) as is_output_unstated,
        {{ exact_sum("case when country_iso3 = 'USA' then imports_t end") }} as us_imports_t,
        {{ joined_distinct('archive_ids', ';') }} as balance_archive_ids
    from areas
    group by area, mineral_id, stage, edition, year
),

-- BACI covers the same goods where its US imports are close to those of the balance
reconciled as (
    select
        summed.*,
        baci.net_imports_t as baci_net_t,
        least(summed.balances_net_low_t, coalesce(baci.net_imports_low_t, summed.balances_net_low_t))
            as net_low_t,
        greatest(summed.balances_net_high_t, coalesce(baci.net_imports_high_t, summed.balances_net_high_t))
            as net_high_t,
        greatest(
            summed.home_at_balances_low_t, coalesce(-baci.net_imports_low_t, summed.home_at_balances_low_t)
        ) as home_at_low_t,
        nullif(concat_ws(';', summed.balance_archive_ids, baci.archive_ids), '') as archive_ids
    from summed
    left join {{ ref('fct_bloc_net_baci') }} as baci
        on
            summed.area = 'USMCA'
            and summed.mineral_id = baci.mineral_id
            and summed.policy_stage = baci.stage
            and summed.year = baci.year
            and summed.is_trade_held
            and abs(baci.us_imports_t - summed.us_imports_t) <= {{ same_goods }} * summed.us_imports_t
),

-- a mineral without its own balance counts as used if the list of critical minerals names a use
used as (
    select
        mineral_id,
        {{ joined_distinct('archive_id', ';') }} as archive_ids
    from {{ ref('fct_end_use') }}
    group by mineral_id
),

usable as (
    select
        reconciled.*,
        used.archive_ids as use_archive_ids,
        used.mineral_id is not null as is_used
    from reconciled
    left join used on reconciled.mineral_id = used.mineral_id
),

bounded as (
    select
        *,
        -- the three produce none: all consumption comes from outside, whatever the trade figures
        home_high_t = 0 and (net_low_t > 0 or (area = 'USMCA' and net_high_t > 0 and is_used))
            as is_all_from_outside,
        case
            when is_point then {{ net_import_reliance_pct('net_imports_t', 'home_t + net_imports_t') }}
        end as point_pct,
        case
            when is_all_from_outside then 100.0
            when net_low_t > 0 then {{ net_import_reliance_bound_pct('net_low_t', 'home_high_t') }}
            else {{ net_import_reliance_bound_pct('net_low_t', 'home_at_low_t') }}
        end as low_pct,
        case
            when net_high_t + feed_t > 0
                then {{ net_import_reliance_bound_pct('(net_high_t + feed_t)', '(home_low_t - feed_t)') }}
            else
                coalesce(
                    {{ net_import_reliance_bound_pct('(net_high_t + feed_t)', '(home_high_t - feed_t)') }}, 0
                )
        end as high_pct
    from usable
    where members = 3 or area != 'USMCA'
),

stage_codes as (
    select
        mineral_id,
        stage,
        {{ joined('hs_code', ';') }} as hs_codes
    from {{ ref('policy_stage_codes') }}
    group by mineral_id, stage
),

judged as (
    select
        bounded.*,
        staged.traded_stage,
        staged.output_stage,
        staged.product,
        staged.us_basis,
        stage_codes.hs_codes,
        coalesce(
            bounded.point_pct,
            case when bounded.low_pct = bounded.high_pct then bounded.high_pct end
        ) as reliance_pct,
        case
            when bounded.is_all_from_outside then null
            when bounded.is_usa_unknown and staged.us_basis != '' then 'us_balance_not_printed'
            when not bounded.is_trade_held and stage_codes.hs_codes is null then 'no_code_of_its_own'
            when not bounded.is_trade_held and bounded.hs_codes_held is not null then 'codes_missing'
            when not bounded.is_trade_held then 'trade_of_members_not_held'
        end as not_netted_reason,
        coalesce(
            not_netted_reason is null
            and least(bounded.high_pct, 100) - greatest(coalesce(bounded.low_pct, 0), 0)
            > {{ settles_nothing }},
            false
        ) as is_settling_nothing
    from bounded
    inner join {{ ref('policy_stage') }} as staged
        on
            bounded.mineral_id = staged.mineral_id
            and bounded.policy_stage = staged.stage
            and staged.role = 'headline'
    left join stage_codes
        on bounded.mineral_id = stage_codes.mineral_id and bounded.policy_stage = stage_codes.stage
),

us_view as (
    select * from {{ ref('fct_import_dependency_us') }}
),

-- suppliers are listed only if the codes of the stage correspond to one stage of the supplier tables; a
-- basket, which may contain none of the mineral, has no supplier list
line_stages as (
    select
        mineral_id,
        policy_stage,
        line_stage
    from {{ ref('dim_policy_stage') }}
    where is_only_line_stage and not is_basket
),

suppliers as (
    select
        tables.*,
        line_stages.policy_stage
    from {{ ref('fct_import_source_summary') }} as tables
    inner join line_stages
        on tables.mineral_id = line_stages.mineral_id and tables.stage = line_stages.line_stage
    where tables.basis = 'baci'
)

select
    judged.area,
    judged.mineral_id,
    judged.policy_stage || '_stage' as basis,
    judged.year,
    judged.edition,
    judged.traded_stage as stage,
    judged.product,
    'net_imports_over_supply' as method,
    judged.primary_production_t,
    judged.secondary_production_t,
    judged.imports_t,
    judged.exports_t,
    case when judged.is_point then judged.home_t + judged.net_imports_t end as apparent_consumption_t,
    -- no point is stated between bounds that settle nothing: a country without output that passes on nearly
    -- all it imports does not depend by 100 %
    case when not judged.is_settling_nothing then judged.reliance_pct end as reliance_pct,
    judged.low_pct,
    judged.high_pct,
    us_view.us_dependency_on_outside_pct,
    us_view.us_dependency_on_outside_low_pct,
    us_view.us_dependency_on_outside_high_pct,
    case when not judged.is_settling_nothing then {{ at_least_zero('judged.reliance_pct') }} end
        as bloc_net_dependency_pct,
    greatest(coalesce(judged.low_pct, 0), 0) as bloc_net_dependency_low_pct,
    greatest(judged.high_pct, 0) as bloc_net_dependency_high_pct,
    coalesce(suppliers.top_supplier_iso3, us_view.top_supplier_iso3) as top_supplier_iso3,
    case
        when suppliers.top_supplier_iso3 is not null then 100 * suppliers.top_supplier_share
        else us_view.top_supplier_share_pct
    end as top_supplier_share_pct,
    case
        when suppliers.top_supplier_iso3 is not null then 100 * suppliers.china_share
        else us_view.china_import_share_pct
    end as china_share_pct,
    case
        when suppliers.top_supplier_iso3 is not null then 100 * suppliers.intra_bloc_share
        else us_view.intra_bloc_import_share_pct
    end as intra_bloc_share_pct,
    case
        when suppliers.top_supplier_iso3 is not null then judged.year::string
        else us_view.supplier_period
    end as supplier_period,
    judged.is_estimated,
    1 as place,
    case
        when judged.area != 'USMCA' then 'trade_only_fallback'
        when judged.not_netted_reason is null and judged.is_point then 'full_netting'
        when
            not judged.is_trade_held
            and (
                judged.is_output_unstated
                or (judged.not_netted_reason is null and judged.unstated_sites is not null)
            )
            then 'no_output_stated'
        when judged.not_netted_reason is null and not judged.is_trade_held then 'no_home_output'
        when judged.not_netted_reason is null and judged.is_trade_bounded
            then 'partial_netting_values_bounded'
        when judged.not_netted_reason is null and judged.is_exporting_more_than_output
            then 'full_netting_output_exceeded'
        when judged.not_netted_reason is null and judged.is_output_known then 'full_netting_weights_bounded'
        when judged.not_netted_reason is null then 'full_netting_production_unknown'
        when judged.low_pct > 0 or {{ rounded('judged.high_pct', 6) }} < 100 then 'bounded_by_output'
        else 'not_netted'
    end as coverage,
    judged.not_netted_reason,
    judged.netting_sources,
    concat_ws(
        '; ',
        'Codes ' || judged.hs_codes,
        case when judged.not_netted_reason = 'codes_missing' then 'held are ' || judged.hs_codes_held end,
        'output by ' || judged.output_source_ids,
        'output carried forward: ' || judged.carried_forward,
        'no table states output of these operating sites, '
        || case
            when judged.is_output_unstated then 'so that it is not known: ' else 'which counts as none: '
        end
        || judged.unstated_sites,
        case
            when
                judged.output_stage = 'ore_concentrate'
                and judged.traded_stage not in ('ore_concentrate', 'all_forms')
                then 'output is that of mines: what crosses borders as ore, matte or residue is not netted'
        end,
        'net imports by BACI alone ' || {{ rounded('judged.baci_net_t', 0) }}::bigint
        || ' t, within the bounds',
        case
            when judged.is_settling_nothing
                then
                    'bounds over {{ settles_nothing }} points apart: they settle nothing, '
                    || 'so do not quote a figure'
        end
    ) as coverage_note,
    concat_ws(
        ';',
        'usgs_mcs',
        {%- for source in trade_sources() %}
            {%- set id = source.source_id %}
            case
                when
                    contains(judged.trade_source_ids, '{{ id }}')
                    {%- if id == 'cepii_baci' %}
                        or contains(judged.trade_source_ids, 'member_trade')
                        or judged.baci_net_t is not null
                    {%- endif %}
                    then '{{ id }}'
            end,
        {%- endfor %}
        {%- for source in production_sources() %}
            {%- set id = source.source_id %}
            case when contains(judged.output_source_ids, '{{ id }}') then '{{ id }}' end
            {{- ',' if not loop.last }}
        {%- endfor %}
    ) as source_ids,
    coalesce(judged.archive_ids, judged.use_archive_ids) as archive_ids
from judged
left join us_view
    on
        judged.area = 'USMCA'
        and judged.mineral_id = us_view.mineral_id
        and judged.us_basis = us_view.basis
        and judged.year = us_view.year
        and judged.edition = us_view.edition
left join suppliers
    on
        judged.area = suppliers.area
        and judged.mineral_id = suppliers.mineral_id
        and judged.policy_stage = suppliers.policy_stage
        and judged.year = year(suppliers.period)
-- a member that neither produces nor trades the mineral at this stage has no row
where
    judged.area = 'USMCA'
    or (judged.is_trade_held and (judged.imports_t > 0 or judged.exports_t > 0 or judged.home_t > 0))
