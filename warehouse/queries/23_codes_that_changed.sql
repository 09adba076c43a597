-- Which tariff codes of a mineral were replaced, by which, and how do imports run on a constant basis?
-- A change is a code that ended and has successors for the same goods. A code that this warehouse merely
-- counts from some day on is not a change. The constant basis is the stem shared by old and new codes: four
-- digits where six changed, and eight where ten changed. It includes all goods of the stem. Years without all
-- twelve months are empty. Years after the split of a ten-digit line are empty too, since lines without a
-- mineral are not in this file and the stem would be incomplete.
with ended as (
    select distinct
        mineral_id,
        stage,
        hs_code,
        valid_to,
        left(hs_code, if(length(hs_code) = 10, 8, 4)) as stem
    from core.dim_product
    where valid_to is not null
),

replaced as (
    select
        ended.mineral_id,
        ended.stage,
        ended.hs_code as old_code,
        ended.valid_to as old_until,
        ended.stem,
        min(successors.valid_from) as new_from,
        string_agg(distinct successors.hs_code, ', ' order by successors.hs_code) as new_codes
    from ended
    inner join core.dim_product as successors
        on
            ended.mineral_id = successors.mineral_id
            and starts_with(successors.hs_code, ended.stem)
            and length(ended.hs_code) = length(successors.hs_code)
            and ended.hs_code != successors.hs_code
            and successors.valid_from between ended.valid_to - 366 and ended.valid_to + 1
            and (successors.valid_to is null or ended.valid_to < successors.valid_to)
    group by ended.mineral_id, ended.stage, ended.hs_code, ended.valid_to, ended.stem
),

yearly as (
    select
        stems.stem,
        year(imports.period) as import_year,
        sum(imports.value_usd) as value_usd,
        string_agg(distinct imports.source_id, ';' order by imports.source_id) as source_ids
    from (select distinct stem from replaced) as stems
    inner join core.fct_customs_import as imports
        on stems.stem = left(imports.hs_code, length(stems.stem))
    where imports.reporter_iso3 = 'USA' and imports.period_type = 'year' and imports.has_all_origins
    group by stems.stem, year(imports.period)
)

select
    replaced.mineral_id,
    replaced.stage,
    replaced.old_code,
    replaced.old_until,
    replaced.new_codes,
    replaced.new_from,
    replaced.stem as constant_basis,
    string_agg(
        concat(yearly.import_year, ': ', format('{:,}', yearly.value_usd::bigint)), '; '
        order by yearly.import_year
    ) as imports_by_year_usd,
    if(length(replaced.stem) = 8, 'not_held_after_the_split', 'whole_heading') as coverage,
    any_value(yearly.source_ids) as source_ids
from replaced
left join yearly
    on
        replaced.stem = yearly.stem
        and (length(replaced.stem) = 4 or yearly.import_year < year(replaced.new_from))
group by
    replaced.mineral_id, replaced.stage, replaced.old_code, replaced.old_until, replaced.new_codes,
    replaced.new_from, replaced.stem
order by replaced.old_until, replaced.old_code, replaced.mineral_id, replaced.stage;
