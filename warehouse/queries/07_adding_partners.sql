-- Does adding partners to an agreement bring US dependency on others below 50 percent, for which minerals?
-- It covers the minerals of the US list of 2025, each once, with the rare earths as one. A share of imports
-- is not new supply: passed_on lists the minerals brought below 50 percent only if goods count that the new
-- partners are not known to make. below_50_with_the_three are those below it without new partners.
-- at_or_near_it_alone are the others below 50 percent: the USA alone is
-- or may be below it for them. most_reliant_mineral is the one below 50 percent with the highest net import
-- reliance.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
),

newest as (
    select scenario.*
    from marts.bloc_scenario as scenario
    inner join listed on scenario.mineral_id = listed.mineral_id
    qualify dense_rank() over (order by scenario.year desc) = 1
),

-- the remaining dependency if a partner counts only with goods of its own origin
origins as (
    select
        newest.scenario_id,
        newest.mineral_id,
        any_value(ranking.dependency_without_partners_pct)
        - coalesce(
            sum(ranking.reduction_low_pp)
            filter (list_contains(string_split(newest.members, ';'), ranking.partner_iso3)),
            0
        ) as left_pct
    from newest
    inner join marts.partner_ranking as ranking
        on newest.mineral_id = ranking.mineral_id and newest.year = ranking.year
    group by newest.scenario_id, newest.mineral_id
),

chosen as (
    select distinct
        scenario_id,
        members
    from newest
),

of_the_three as (
    select count(*) filter (below_50_pct) as minerals_below_50
    from newest
    where scenario_id = 'usmca'
),

partners as (
    select
        chosen.scenario_id,
        string_agg(countries.name, ', ' order by countries.name) as partners
    from chosen
    inner join core.dim_country as countries
        on list_contains(string_split(chosen.members, ';'), countries.iso3)
    where countries.iso3 not in ('USA', 'CAN', 'MEX')
    group by chosen.scenario_id
)

select
    newest.label,
    any_value(newest.year) as year,
    count(*) as minerals,
    count(*) filter (newest.below_50_pct) as minerals_below_50,
    count(*) filter (not newest.below_50_pct) as minerals_above_50,
    string_agg(minerals.name, ', ' order by minerals.name)
    filter (newest.below_50_pct and newest.nir_low_pct >= 50) as brought_below,
    string_agg(minerals.name, ', ' order by minerals.name)
    filter (newest.below_50_pct and newest.nir_low_pct >= 50 and coalesce(origins.left_pct, 100) >= 50)
        as passed_on,
    any_value(of_the_three.minerals_below_50) as below_50_with_the_three,
    string_agg(minerals.name, ', ' order by minerals.name)
    filter (newest.below_50_pct and coalesce(newest.nir_low_pct, 0) < 50) as at_or_near_it_alone,
    string_agg(minerals.name, ', ' order by minerals.name) filter (not newest.below_50_pct) as staying_above,
    string_agg(minerals.name, ', ' order by minerals.name) filter (newest.below_50_pct is null) as undecided,
    arg_max(newest.mineral_id, (newest.nir_low_pct, newest.mineral_id))
    filter (newest.below_50_pct and newest.nir_low_pct is not null) as most_reliant_mineral_id,
    any_value(partners.partners) as partners,
    any_value(newest.source_ids) as source_ids
from newest
inner join core.dim_mineral as minerals on newest.mineral_id = minerals.mineral_id
left join partners on newest.scenario_id = partners.scenario_id
cross join of_the_three
left join origins on newest.scenario_id = origins.scenario_id and newest.mineral_id = origins.mineral_id
group by newest.scenario_id, newest.label
order by minerals_below_50 desc, newest.scenario_id asc;
