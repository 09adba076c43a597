-- Net import reliance compared with the published figure: a number must agree within three points, an
-- inequality must hold, and a net exporter must be at or below 0. The test uses the value from the printed
-- rows, before a published bound narrows it.
with compared as (
    select
        *,
        3.0 as tolerance,
        coalesce(
            published_nir_pct,
            case when published_nir_qualifier = 'E' then 0 end,
            case published_nir_qualifier when '>' then published_nir_low_pct else published_nir_high_pct end
        ) as published,
        case published_nir_qualifier
            when 'E' then coalesce(computed_nir_high_pct <= 0, false)
            when '>' then coalesce(computed_nir_high_pct > published_nir_low_pct, false)
            when '<'
                then
                    coalesce(computed_nir_low_pct, 0) < published_nir_high_pct
                    and computed_nir_high_pct is not null
            else coalesce(abs(computed_nir_pct - published_nir_pct) <= tolerance, false)
        end as passed
    from {{ ref('fct_net_import_reliance') }}
    where published_nir_qualifier not in ('NA', 'XX', 'W', 'text') and coverage != 'published_only'
)

select
    'usgs_nir_' || compared.edition || '_' || compared.basis as check_id,
    compared.mineral_id,
    compared.year,
    'net_import_reliance' as subject,
    compared.edition,
    'percent' as unit,
    coalesce(compared.computed_nir_pct, compared.computed_nir_high_pct) as computed,
    compared.published,
    case
        when compared.published_nir_qualifier in ('=', 's')
            then {{ rounded('compared.computed_nir_pct - compared.published', 6) }}
    end as difference,
    compared.tolerance,
    compared.passed,
    case when compared.published_nir_qualifier = 's' then '=' else compared.published_nir_qualifier end
        as published_qualifier,
    case
        when compared.passed and compared.computed_nir_pct is null then 'bounds_agree'
        when compared.passed then 'agrees'
        else coalesce(misses.reason_code, 'unexplained')
    end as reason_code,
    misses.reason as note,
    compared.source_ids
from compared
left join {{ ref('nir_misses') }} as misses
    on
        compared.edition = misses.edition
        and compared.mineral_id = misses.mineral_id
        and compared.basis = misses.basis
        and compared.year = misses.year
