-- Who mines, who refines
with newest as (
    select
        *,
        -- a rounded world total can equal the output of the largest producer
        count(*) filter (world_share > 0) over (partition by mineral_id, stage, edition, year) > 1 as has_others
    from marts.world_production
    where mineral_id in (select unnest($minerals)) and not is_world and year <= coalesce($year, year) and world_share is not null
        and is_recommended
    qualify dense_rank() over (partition by mineral_id, stage order by edition desc, year desc) = 1
)

select
    mineral_id,
    stage,
    any_value(year) as year,
    string_agg(
        concat(
            coalesce(countries.name, newest.country_iso3),
            case
                when world_share >= 0.995 and has_others then ' >99 %'
                when world_share between 0.0000001 and 0.005 then ' <1 %'
                else printf(' %.0f %%', 100 * world_share)
            end
        ), ', '
        order by world_share desc, newest.country_iso3
    ) filter (rank <= 5 and world_share > 0) as share_of_world_output,
    printf('%.0f %%', 100 * coalesce(sum(world_share) filter (country_iso3 in ('USA', 'CAN', 'MEX')), 0))
        as the_three_at_least,
    any_value(edition) as edition,
    concat('quote: ', any_value(quote_note)) as which_to_quote
from newest
left join core.dim_country as countries on newest.country_iso3 = countries.iso3
group by mineral_id, stage
order by mineral_id, stage;
