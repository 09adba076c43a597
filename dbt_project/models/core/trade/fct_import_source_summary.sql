-- Summary of a supplier table: first supplier, China's share (with Hong Kong and Macao) and the bloc's share.
-- A member that USGS does not name among the first suppliers has between zero and the share of the last one
-- named, within the remainder.
with members as (
    select iso3
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA'
),

sources as (
    select
        sources.*,
        coalesce(sources.quantity_share, sources.value_share) as part,
        countries.policy_iso3,
        nullif(sources.supplier_iso3, 'ZZZ') as named_iso3,
        members.iso3 is not null as is_bloc,
        areas.iso3 is not null as is_area_of_bloc
    from {{ ref('fct_import_source') }} as sources
    left join {{ ref('dim_country') }} as countries on sources.supplier_iso3 = countries.iso3
    left join members on sources.supplier_iso3 = members.iso3
    left join members as areas on sources.area = areas.iso3
),

supplier_tables as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        edition,
        bool_or(is_headline) as is_headline,
        min_by(named_iso3, (-coalesce(part, 0), coalesce(published_rank, 0), named_iso3)) filter (
            where named_iso3 is not null
        ) as top_supplier_iso3,
        max(part) filter (where named_iso3 is not null) as top_supplier_share,
        -- a country that is not named may still be in the remainder
        case
            when bool_or(policy_iso3 = 'CHN' and part is not null)
                then {{ exact_sum("case when policy_iso3 = 'CHN' then part end") }}
            when count(part) > 0 and not bool_or(named_iso3 is null and part > 0) then 0
        end as china_share,
        case when count(part) > 0 then coalesce({{ exact_sum('case when is_bloc then part end') }}, 0) end
            as intra_bloc_share,
        coalesce({{ exact_sum('case when is_bloc then coalesce(quantity_share_low, part) end') }}, 0)
            as named_low_share,
        coalesce({{ exact_sum('case when is_bloc then coalesce(quantity_share_high, part) end') }}, 0)
            as named_high_share,
        coalesce({{ exact_sum('case when named_iso3 is null then part end') }}, 0) as remainder_share,
        min(part) filter (where named_iso3 is not null) as last_named_share,
        -- an area does not supply itself: two members can be missing from the list of one, three from the
        -- bloc's
        case when area = 'USMCA' then 0 else 2 - count(*) filter (where is_bloc) end as members_not_named,
        max(source_id) as source_id,
        min(archive_id) as archive_id
    from sources
    group by area, mineral_id, stage, period, period_type, basis, edition
),

-- the bloc's own table has outside suppliers only: trade among its members appears in the members' tables, by
-- value
within as (
    select
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        {{ share(exact_sum('case when is_bloc then value_usd else 0 end'), exact_sum('value_usd')) }} as part
    from sources
    where is_area_of_bloc and basis = 'baci'
    group by mineral_id, stage, period, period_type, basis
)

select
    supplier_tables.area,
    supplier_tables.mineral_id,
    supplier_tables.stage,
    supplier_tables.period,
    supplier_tables.period_type,
    supplier_tables.basis,
    supplier_tables.edition,
    supplier_tables.is_headline,
    supplier_tables.top_supplier_iso3,
    supplier_tables.top_supplier_share,
    supplier_tables.china_share,
    case when supplier_tables.area = 'USMCA' then within.part else supplier_tables.intra_bloc_share end
        as intra_bloc_share,
    case
        when supplier_tables.area = 'USMCA' then within.part
        when supplier_tables.intra_bloc_share is not null then supplier_tables.named_low_share
    end as intra_bloc_low_share,
    case
        when supplier_tables.area = 'USMCA' then within.part
        when supplier_tables.basis != 'usgs_four_years' then supplier_tables.intra_bloc_share
        when supplier_tables.intra_bloc_share is not null
            then
                least(
                    1,
                    supplier_tables.named_high_share
                    + least(
                        supplier_tables.remainder_share,
                        supplier_tables.members_not_named * supplier_tables.last_named_share
                    )
                )
    end as intra_bloc_high_share,
    supplier_tables.source_id,
    supplier_tables.archive_id
from supplier_tables
left join within
    on
        supplier_tables.area = 'USMCA'
        and supplier_tables.mineral_id = within.mineral_id
        and supplier_tables.stage = within.stage
        and supplier_tables.period = within.period
        and supplier_tables.period_type = within.period_type
        and supplier_tables.basis = within.basis
