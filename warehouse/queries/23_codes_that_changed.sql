-- Which tariff codes of a mineral were replaced, by which, and how do imports run on a constant basis?
-- A code was replaced if no mineral has it after old_until, and narrowed if others still have it, so that
-- only the goods of this mineral left it. old_until is the last day of the old code and new_from the first
-- of the new in this file. Where they overlap, a line was split during the year, and yearly figures need
-- both codes for it. Successors are codes of the same stem, mineral and stage that begin at the change;
-- other goods of the old code may have gone to codes that this file does not have. A code that this
-- warehouse merely counts from some day on is not a change. The constant basis is the stem shared by old
-- and new codes: four digits where six changed, and eight where ten changed. It includes all goods of the
-- stem. Years without all twelve months are empty. Years after the split of a ten-digit line are empty too,
-- since lines without a mineral are not in this file and the stem would be incomplete.
with ended as (
    select
        mineral_id,
        stage,
        hs_code,
        valid_to,
        left(hs_code, if(length(hs_code) = 10, 8, 4)) as stem,
        any_value(description) as old_goods
    from core.dim_product
    where valid_to is not null
    group by mineral_id, stage, hs_code, valid_to
),

replaced as (
    select
        ended.mineral_id,
        ended.stage,
        ended.hs_code as old_code,
        ended.old_goods,
        ended.valid_to as old_until,
        ended.stem,
        min(successors.valid_from) as new_from,
        min(successors.hs_code) as first_new_code,
        string_agg(distinct successors.hs_code, ', ' order by successors.hs_code) as new_codes
    from ended
    inner join core.dim_product as successors
        on
            ended.mineral_id = successors.mineral_id
            and ended.stage = successors.stage
            and starts_with(successors.hs_code, ended.stem)
            and length(ended.hs_code) = length(successors.hs_code)
            and ended.hs_code != successors.hs_code
            and successors.valid_from between ended.valid_to - 366 and ended.valid_to + 1
            and (successors.valid_to is null or ended.valid_to < successors.valid_to)
    group by
        ended.mineral_id, ended.stage, ended.hs_code, ended.old_goods, ended.valid_to, ended.stem
),

-- codes that other minerals have after the last day of this one
still_used as (
    select
        hs_code,
        max(coalesce(valid_to, date '9999-12-31')) as last_day
    from core.dim_product
    group by hs_code
),

judged as (
    select
        replaced.*,
        concat(
            if(still_used.last_day > replaced.old_until, 'narrowed', 'replaced'),
            if(
                replaced.new_from <= replaced.old_until, concat(
                    ' during ', year(replaced.old_until), ', so that yearly figures need both codes'
                ), ''
            )
        ) as outcome
    from replaced
    inner join still_used on replaced.old_code = still_used.hs_code
),

yearly as (
    select
        stems.stem,
        year(imports.period) as import_year,
        sum(imports.value_usd) as value_usd,
        string_agg(distinct imports.source_id, ';' order by imports.source_id) as source_ids
    from (select distinct stem from judged) as stems
    inner join core.fct_customs_import as imports
        on left(stems.stem, 4) = left(imports.hs_code, 4) and starts_with(imports.hs_code, stems.stem)
    where imports.reporter_iso3 = 'USA' and imports.period_type = 'year' and imports.has_all_origins
    group by stems.stem, year(imports.period)
)

select
    judged.mineral_id,
    judged.stage,
    judged.old_code,
    judged.old_goods,
    judged.outcome,
    judged.old_until,
    judged.new_codes,
    judged.new_from,
    judged.stem as constant_basis,
    string_agg(
        printf('USD %.1f million in %d', yearly.value_usd / 1e6, yearly.import_year), ' and '
        order by yearly.import_year
    ) as imports_by_year,
    judged.first_new_code,
    (
        select
            concat(
                count(distinct changes.old_code) filter (changes.outcome like 'replaced%'),
                ' tariff codes of minerals were replaced and ',
                count(distinct changes.old_code) filter (changes.outcome like 'narrowed%'),
                ' narrowed since ', min(changes.old_until)
            )
        from judged as changes
    ) as codes_changed,
    if(length(judged.stem) = 8, 'not_held_after_the_split', 'whole_heading') as coverage,
    any_value(yearly.source_ids) as source_ids
from judged
left join yearly
    on
        judged.stem = yearly.stem
        and (length(judged.stem) = 4 or yearly.import_year < year(judged.new_from))
group by
    judged.mineral_id, judged.stage, judged.old_code, judged.old_goods, judged.outcome, judged.old_until,
    judged.new_codes, judged.new_from, judged.stem, judged.first_new_code
order by
    judged.outcome like 'replaced%' desc, judged.old_until asc, judged.old_code asc,
    judged.mineral_id asc, judged.stage asc;
