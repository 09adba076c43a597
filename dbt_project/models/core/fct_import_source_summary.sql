-- What a supplier table says at a glance: first supplier, China's part (Hong Kong and Macao with it) and the
-- part that comes from the bloc. A member that USGS does not name among its first suppliers has between
-- nothing and as much as the last one named, within the remainder.
with members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NAM'
),

sources as (
    select
        sources.*,
        coalesce(sources.quantity_share, sources.value_share) as share,
        countries.policy_iso3,
        sources.supplier_iso3 in (select iso3 from members) as is_bloc
    from {{ ref('fct_import_source') }} as sources
    left join {{ ref('dim_country') }} as countries on sources.supplier_iso3 = countries.iso3
),

tables as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        edition,
        bool_or(is_headline) as is_headline,
        arg_min(supplier_iso3, (-coalesce(share, 0), coalesce(published_rank, 0), supplier_iso3))
            filter (supplier_iso3 != 'ZZZ') as top_supplier_iso3,
        max(share) filter (supplier_iso3 != 'ZZZ') as top_supplier_share,
        -- a country that is not named may still be in the remainder
        case
            when bool_or(policy_iso3 = 'CHN' and share is not null)
                then (sum(share::decimal(18, 12)) filter (policy_iso3 = 'CHN'))::double
            when count(share) > 0 and not bool_or(supplier_iso3 = 'ZZZ' and share > 0) then 0
        end as china_share,
        case when count(share) > 0 then coalesce(sum(share::decimal(18, 12)) filter (is_bloc), 0)::double end
            as intra_bloc_share,
        coalesce(sum(coalesce(quantity_share_low, share)::decimal(18, 12)) filter (is_bloc), 0)::double as named_low_share,
        coalesce(sum(coalesce(quantity_share_high, share)::decimal(18, 12)) filter (is_bloc), 0)::double as named_high_share,
        coalesce(sum(share::decimal(18, 12)) filter (supplier_iso3 = 'ZZZ'), 0)::double as remainder_share,
        min(share) filter (supplier_iso3 != 'ZZZ') as last_named_share,
        -- an area does not supply itself: two members can be missing from the list of one, three from the
        -- bloc's
        case when area = 'NAM' then 0 else 2 - count(*) filter (is_bloc) end as members_not_named,
        max(source_id) as source_id,
        min(archive_id) as archive_id
    from sources
    group by area, mineral_id, stage, period, period_type, basis, edition
),

-- the bloc's own table has suppliers from outside only: what its members take from each other is in theirs,
-- by value
within as (
    select
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        sum(value_usd::decimal(30, 6)) filter (is_bloc)::double / nullif(sum(value_usd::decimal(30, 6))::double, 0)
            as share
    from sources
    where area in (select iso3 from members) and basis = 'baci'
    group by mineral_id, stage, period, period_type, basis
)

select
    tables.area,
    tables.mineral_id,
    tables.stage,
    tables.period,
    tables.period_type,
    tables.basis,
    tables.edition,
    tables.is_headline,
    tables.top_supplier_iso3,
    tables.top_supplier_share,
    tables.china_share,
    case when tables.area = 'NAM' then within.share else tables.intra_bloc_share end as intra_bloc_share,
    case
        when tables.area = 'NAM' then within.share
        when tables.intra_bloc_share is not null then tables.named_low_share
    end as intra_bloc_low_share,
    case
        when tables.area = 'NAM' then within.share
        when tables.basis != 'usgs_four_years' then tables.intra_bloc_share
        when tables.intra_bloc_share is not null
            then
                least(
                    1,
                    tables.named_high_share
                    + least(tables.remainder_share, tables.members_not_named * tables.last_named_share)
                )
    end as intra_bloc_high_share,
    tables.source_id,
    tables.archive_id
from tables
left join within
    on
        tables.area = 'NAM'
        and tables.mineral_id = within.mineral_id
        and tables.stage = within.stage
        and tables.period = within.period
        and tables.period_type = within.period_type
        and tables.basis = within.basis
