-- Net import reliance against the published figure: a number within three points, an inequality not broken, a
-- net exporter at or below 0.
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
            when 'E' then coalesce(nir_high_pct <= 0, false)
            when '>' then coalesce(nir_high_pct > published_nir_low_pct, false)
            when '<' then coalesce(nir_low_pct, 0) < published_nir_high_pct and nir_high_pct is not null
            else coalesce(abs(net_import_reliance_pct - published_nir_pct) <= tolerance, false)
        end as passed
    from {{ ref('fct_net_import_reliance') }}
    where published_nir_qualifier not in ('NA', 'XX', 'W', 'text')
)

select
    'usgs_nir_' || compared.edition || '_' || compared.basis as check_id,
    compared.mineral_id,
    compared.year,
    'net_import_reliance' as subject,
    compared.edition,
    'percent' as unit,
    coalesce(compared.net_import_reliance_pct, compared.nir_high_pct) as computed,
    compared.published,
    case
        when compared.published_nir_qualifier in ('=', 's')
            then {{ rounded('compared.net_import_reliance_pct - compared.published', 6) }}
    end as difference,
    compared.tolerance,
    compared.passed,
    case when compared.published_nir_qualifier = 's' then '=' else compared.published_nir_qualifier end
        as published_qualifier,
    case
        when compared.passed and compared.net_import_reliance_pct is null then 'bounds_agree'
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
