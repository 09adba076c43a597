-- Headline figures: label, figure, detail.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
),

reliance as (
    select *
    from marts.import_dependency
    inner join listed using (mineral_id)
    where
        is_headline
        and area in ('USA', 'USMCA')
        -- a member of a group is counted through the group if the USA has no figure for the member
        and mineral_id not in (
            select mineral_id
            from core.dim_mineral
            where group_id is not null and mineral_id not in (
                select mineral_id from marts.import_dependency where area = 'USA' and is_headline
            )
        )
    qualify row_number() over (partition by area, mineral_id order by edition desc, not_netted_reason is null desc, year desc) = 1
),

-- the supplier outside Canada and Mexico whose loss can leave the largest share of imports unreplaced
losses as (
    select
        country.name,
        disruption.year,
        any_value(disruption.supplier_value_not_replaced_usd) as measured_usd,
        any_value(disruption.supplier_value_not_replaced_high_usd) as high_usd,
        any_value(
            coalesce(len(string_split(disruption.minerals_not_measured, ';')), 0)
        ) as minerals_not_measured,
        count(distinct disruption.mineral_id) filter (where disruption.lost_share > 0) as minerals,
        any_value(disruption.supplier_rank) as supplier_rank
    from marts.disruption_scenario as disruption
    inner join core.dim_country as country on disruption.lost_supplier_iso3 = country.iso3
    where
        disruption.scenario_id = 'usa_embargo'
        and disruption.is_in_supplier_total
        and disruption.lost_supplier_iso3 not in ('CAN', 'MEX')
    group by country.name, disruption.year
    qualify disruption.year = max(disruption.year) over ()
    order by supplier_rank, country.name
    limit 1
),

on_list as (
    select count(*) as minerals
    from core.dim_mineral
    where on_us_2025
),

-- by the schedule of the day of the build; each tariff line counts once; without finished goods
claims as (
    select
        sum(usmca_value_usd * mfn_on_day_pct / 100) as mfn_usd,
        sum(usmca_value_usd * waived_on_day_pct / 100) as additional_usd,
        max(period) as newest,
        min(known_through) as known_through
    from marts.usmca_claim
    where
        is_recorded
        and form = 'mineral'
        and period > (select max(period) - interval 12 month from marts.usmca_claim)
),

-- duties on all goods that applied on the last day of the schedules held and have ended by their terms since
ended as (
    select max(calendar.title) as title
    from marts.policy_calendar as calendar
    cross join claims
    where
        calendar.kind = 'tariff'
        and calendar.hs_codes is null
        and claims.known_through between calendar.effective and calendar.expires
        and calendar.expires < getvariable('today')::date
),

due as (
    select
        title,
        next_step as what,
        next_date - getvariable('today')::date as days_left
    from marts.policy_calendar
    where next_date >= getvariable('today')::date and concerns_minerals
    order by next_rank
    limit 1
)

select
    'Minerals the USA mostly imports' as label,
    concat(
        count(*) filter (where nir_low_pct > 50 or (nir_low_pct = 50 and nir_qualifier = '>')), ' of ', count(*)
    ) as figure,
    concat(
        'minerals with a published net import reliance for ', max(year),
        ': more than half of US consumption is imported. ', (select minerals from on_list),
        ' minerals are on the US list of 2025; rare earths count as one, yttrium apart'
    ) as detail
from reliance
where area = 'USA' and (net_import_reliance_pct is not null or nir_low_pct > 0 or nir_high_pct < 100)
union all
select
    'Minerals North America mostly imports',
    concat(count(*) filter (where bloc_net_dependency_low_pct > 50), ' of ', count(*)),
    concat(
        'minerals: more than half of the consumption of the three countries comes from the rest of the world, ',
        if(min(year) = max(year), '', concat(min(year), ' or ')), max(year), '. It is less for ',
        count(*) filter (where bloc_net_dependency_high_pct <= 50),
        ' and not known for the others; rare earths count as one, yttrium apart'
    )
from reliance
where area = 'USMCA'
union all
select
    'China is the first supplier',
    concat(count(*) filter (where top_supplier_iso3 = 'CHN'), ' of ', count(top_supplier_iso3)),
    concat('minerals on the US list of 2025 with named suppliers of US imports, ', max(supplier_period))
from reliance
where area = 'USA'
union all
select
    concat('Import value not replaced if ', name, ' stopped selling to the USA'),
    concat(
        'USD ', if(measured_usd < 5e7, '0', round(measured_usd / 1e9, 1)::varchar),
        ' to ', round(high_usd / 1e9, 1), ' bn'
    ),
    concat(
        'a year, at the customs values of ', year, ', of the stage scored for each of ', minerals,
        ' minerals; their other forms and finished goods are not counted. The higher figure counts as lost all '
        'that it sold of the ', minerals_not_measured,
        ' minerals whose replacement cannot be measured; this is not an estimate of damage'
    )
from losses
union all
select
    'Duty at stake if USMCA claims lapsed',
    concat('USD ', round((mfn_usd + coalesce(additional_usd, 0)) / 1e6)::bigint, ' million'),
    concat(
        'a year: MFN duty',
        if(additional_usd > 0, concat(' and USD ', round(additional_usd / 1e6)::bigint, ' million of additions'), ' only'),
        ', on the claims of the twelve months to ', strftime(newest, '%B %Y'), ', under rules known to ', known_through,
        '. “' || title || '” has ended since and is not counted'
    )
from claims
cross join ended
where mfn_usd is not null
union all
select
    'Next in the calendar',
    concat(days_left, if(days_left = 1, ' day', ' days')),
    concat('“', title, '” ', what)
from due
