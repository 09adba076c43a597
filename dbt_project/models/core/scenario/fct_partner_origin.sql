-- The part of US imports that truly originates in each supplier. It is at most what the supplier produces,
-- and includes what plants elsewhere make of its feed, which then does not count as theirs. A supplier
-- missing from an output table produces none; without a printed table its origin is unknown.
with us_supply as (
    select *
    from {{ ref('fct_us_supply') }}
    where year in (select world.year from {{ ref('fct_world_supply') }} as world)
),

tables as (
    select distinct
        mineral_id,
        year
    from {{ ref('fct_world_supply') }}
),

feeds as (
    select
        mineral_id,
        producer_iso3,
        min(tied_to_iso3) as origin_iso3
    from {{ ref('producer_feeds') }}
    where tie = 'fed_by'
    group by mineral_id, producer_iso3
),

with_output as (
    select
        us_supply.mineral_id,
        us_supply.year,
        us_supply.imports_t,
        suppliers.supplier_iso3,
        suppliers.import_share,
        feeds.origin_iso3 as fed_by_iso3,
        tables.mineral_id is not null as has_table,
        world.country_iso3 is not null and world.production_t is null as is_withheld,
        coalesce(world.production_t, 0) as production_t
    from us_supply
    inner join {{ ref('fct_us_supplier') }} as suppliers on us_supply.mineral_id = suppliers.mineral_id
    left join feeds
        on us_supply.mineral_id = feeds.mineral_id and suppliers.supplier_iso3 = feeds.producer_iso3
    left join tables on us_supply.mineral_id = tables.mineral_id and us_supply.year = tables.year
    left join {{ ref('fct_world_supply') }} as world
        on
            us_supply.mineral_id = world.mineral_id
            and us_supply.year = world.year
            and suppliers.supplier_iso3 = world.country_iso3
),

own as (
    select
        *,
        case
            when not has_table or is_withheld then null
            when production_t = 0 then 0
            when imports_t > 0 then least(import_share, production_t / imports_t)
            else import_share
        end as own_share
    from with_output
),

-- output from imported feed originates in the country of the feed
attributed as (
    select
        mineral_id,
        year,
        fed_by_iso3 as supplier_iso3,
        {{ share_sum('import_share - own_share') }} as through_others_share,
        {{ joined('supplier_iso3', ';') }} as through_iso3
    from own
    where fed_by_iso3 is not null and own_share < import_share
    group by mineral_id, year, fed_by_iso3
),

pairs as (
    select
        mineral_id,
        year,
        supplier_iso3
    from own
    union
    select
        mineral_id,
        year,
        supplier_iso3
    from attributed
)

select
    pairs.mineral_id,
    pairs.year,
    pairs.supplier_iso3,
    own.import_share,
    own.own_share,
    attributed.through_others_share,
    attributed.through_iso3,
    own.fed_by_iso3,
    case
        when own.supplier_iso3 is not null and own.own_share is null then null
        else {{ rounded(
            'least(coalesce(own.own_share, 0) + coalesce(attributed.through_others_share, 0), 1)', 12
        ) }}
    end as origin_share
from pairs
left join own
    on
        pairs.mineral_id = own.mineral_id
        and pairs.year = own.year
        and pairs.supplier_iso3 = own.supplier_iso3
left join attributed
    on
        pairs.mineral_id = attributed.mineral_id
        and pairs.year = attributed.year
        and pairs.supplier_iso3 = attributed.supplier_iso3
