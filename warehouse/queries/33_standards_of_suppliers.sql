-- Which suppliers of critical minerals are on the US list of child or forced labor, and who buys there?
-- The list names goods of a country, not mines or firms, so a shipment need not contain goods made in this
-- way. An empty share is not held or not named, and is not zero. Suppliers with the largest share in the
-- imports of one of the three come first; bought_by has every share of at least a tenth of a percent, the
-- largest first, with its year. Shares of a code that has other goods too are called so and come last.
with listed as (
    select
        standards.*,
        origins.name as origin
    from marts.supplier_standards as standards
    inner join core.dim_mineral as minerals on standards.mineral_id = minerals.mineral_id
    left join core.dim_country as origins on standards.derived_from_iso3 = origins.iso3
    where minerals.is_critical and standards.is_on_labor_list
),

bought as (
    select
        mineral_id,
        stage,
        supplier_iso3,
        usa_import_share as import_share,
        usa_import_year as import_year,
        'USA' as area,
        'the United States' as buyer
    from listed
    union all
    select
        mineral_id,
        stage,
        supplier_iso3,
        can_import_share,
        can_import_year,
        'CAN' as area,
        'Canada' as buyer
    from listed
    union all
    select
        mineral_id,
        stage,
        supplier_iso3,
        mex_import_share,
        mex_import_year,
        'MEX' as area,
        'Mexico' as buyer
    from listed
),

-- the suppliers of a code with other goods may not have shipped the mineral at all
shared_codes as (
    select distinct
        mineral_id,
        stage,
        area,
        year(period) as import_year
    from marts.import_sources
    where coverage = 'basket_allocated' and period_type = 'year'
),

buyers as (
    select
        bought.mineral_id,
        bought.stage,
        bought.supplier_iso3,
        max(bought.import_share) filter (shared_codes.area is null) as largest_share,
        max(bought.import_share) as largest_of_all,
        string_agg(
            concat(
                printf('%.1f %% of the imports of %s (', 100 * bought.import_share, bought.buyer),
                bought.import_year,
                if(shared_codes.area is null, ')', '; of a code with other goods too)')
            ),
            ', ' order by shared_codes.area is null desc, bought.import_share desc, bought.buyer asc
        ) as bought_by
    from bought
    left join shared_codes
        on
            bought.mineral_id = shared_codes.mineral_id
            and bought.stage = shared_codes.stage
            and bought.area = shared_codes.area
            and bought.import_year = shared_codes.import_year
    where bought.import_share >= 0.001
    group by bought.mineral_id, bought.stage, bought.supplier_iso3
)

select
    listed.mineral_id,
    listed.stage,
    listed.supplier_name,
    listed.goods_listed,
    case
        when listed.child_labor_listed and listed.forced_labor_listed then 'child and forced labor'
        when listed.child_labor_listed then 'child labor'
        when listed.forced_labor_listed then 'forced labor'
        when listed.derived_listed then concat('made of listed goods of ', listed.origin)
    end as listed_for,
    buyers.bought_by,
    listed.usa_import_share,
    listed.can_import_share,
    listed.mex_import_share,
    listed.world_production_share,
    listed.production_year,
    listed.listed_as_of,
    listed.coverage,
    listed.source_ids
from listed
left join buyers
    on
        listed.mineral_id = buyers.mineral_id
        and listed.stage = buyers.stage
        and listed.supplier_iso3 = buyers.supplier_iso3
order by
    buyers.largest_share desc nulls last,
    buyers.largest_of_all desc nulls last,
    listed.world_production_share desc nulls last,
    listed.mineral_id asc,
    listed.supplier_name asc;
