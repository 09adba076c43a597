-- Which tariff codes of a mineral were replaced, by which, and how do imports run on a constant basis?
-- A code was replaced if no mineral has it after old_until, and narrowed if others still have it. old_until
-- is the last day of the old code and new_from the first of the new in this file; where they overlap, yearly
-- figures need both codes. Successors are codes of the same stem, mineral and stage that begin at the change;
-- other goods of the old code may have gone to codes that are not in this file. The constant basis is the
-- stem of old and new codes with all its goods, or an old code that BACI still states: imports_by_year names
-- source and code of each full year.
with ended as (
    select
        mineral_id,
        stage,
        hs_code,
        valid_to,
        left(hs_code, if(length(hs_code) = 10, 8, 4)) as stem,
        any_value(replace(description, 'incl. ', 'with ')) as old_goods
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

changes as (
    select distinct
        old_code,
        stem,
        old_until,
        new_from
    from judged
),

customs_years as (
    select
        imports.hs_code,
        year(imports.period) as import_year,
        imports.source_id,
        sum(imports.value_usd) as value_usd
    from core.fct_customs_import as imports
    where
        imports.reporter_iso3 = 'USA' and imports.period_type = 'year' and imports.has_all_origins
        and left(imports.hs_code, 4) in (select left(changes.stem, 4) from changes)
    group by imports.hs_code, year(imports.period), imports.source_id
),

-- a series is the same code or stem of one source in several years
points as (
    select
        changes.old_code,
        changes.old_until,
        'US customs, all goods under ' || changes.stem as series,
        1 as place,
        imports.import_year,
        imports.value_usd,
        imports.source_id
    from changes
    inner join customs_years as imports
        on
            left(changes.stem, 4) = left(imports.hs_code, 4)
            and starts_with(imports.hs_code, changes.stem)
    where length(changes.stem) = 4 or imports.import_year < year(changes.new_from)
    union all
    -- the old code in the edition of the nomenclature that was in force on its last day
    select
        changes.old_code,
        changes.old_until,
        'CEPII BACI, old code ' || changes.old_code as series,
        2 as place,
        year(trade.period) as import_year,
        trade.value_usd,
        trade.source_id
    from changes
    inner join core.fct_trade as trade on changes.old_code = trade.hs_code
    where
        trade.source_id = 'cepii_baci' and trade.nomenclature = 'HS17' and changes.old_until = '2021-12-31'
        and trade.reporter_iso3 = 'USA' and trade.flow = 'import' and trade.period_type = 'year'
        and abs(year(trade.period) - year(changes.old_until)) <= 3
    union all
    select
        changes.old_code,
        changes.old_until,
        'UN Comtrade, all goods under ' || trade.hs_code as series,
        3 as place,
        year(trade.period) as import_year,
        trade.value_usd,
        trade.source_id
    from changes
    inner join core.fct_trade as trade on left(changes.stem, 6) = trade.hs_code
    where
        trade.source_id = 'comtrade' and trade.nomenclature = 'H6' and trade.partner_iso3 = 'WLD'
        and trade.reporter_iso3 = 'USA' and trade.flow = 'import' and trade.period_type = 'year'
        and length(changes.old_code) = 10
),

yearly as (
    select
        old_code,
        old_until,
        series,
        place,
        import_year,
        sum(value_usd) as value_usd,
        string_agg(distinct source_id, ';' order by source_id) as source_ids
    from points
    group by old_code, old_until, series, place, import_year
),

series as (
    select
        old_code,
        old_until,
        place,
        concat(
            series, ': ',
            string_agg(
                printf('USD %.1f million in %d', value_usd / 1e6, import_year), ', ' order by import_year
            )
        ) as in_words,
        min(import_year) <= year(old_until) as is_before,
        max(import_year) > year(old_until) as is_after,
        string_agg(distinct source_ids, ';' order by source_ids) as source_ids
    from yearly
    group by old_code, old_until, series, place
),

held as (
    select
        old_code,
        old_until,
        string_agg(in_words, '; ' order by (is_before and is_after) desc, place) as imports_by_year,
        bool_or(is_before and is_after) as is_across,
        bool_or(is_before) as is_before,
        string_agg(distinct source_ids, ';' order by source_ids) as source_ids
    from series
    group by old_code, old_until
),

dated as (
    select
        judged.*,
        held.imports_by_year,
        coalesce(held.is_across, false) as is_across,
        case
            when held.is_across then 'a year before the change and one after it are held'
            when held.old_code is null then 'no year is held'
            when held.is_before then 'no year after the change is held'
            else 'no year before the change is held'
        end as across_the_change,
        held.source_ids
    from judged
    left join held on judged.old_code = held.old_code and judged.old_until = held.old_until
)

select
    mineral_id,
    stage,
    old_code,
    old_goods,
    outcome,
    old_until,
    new_codes,
    new_from,
    stem as constant_basis,
    imports_by_year,
    across_the_change,
    first_new_code,
    (
        select
            concat(
                count(distinct one.old_code) filter (one.outcome like 'replaced%'),
                ' tariff codes of minerals were replaced and ',
                count(distinct one.old_code) filter (one.outcome like 'narrowed%'),
                ' narrowed since ', min(one.old_until),
                ', with imports before and after the change held for ',
                count(distinct one.old_code) filter (one.is_across)
            )
        from dated as one
    ) as codes_changed,
    source_ids
from dated
order by
    is_across desc, outcome like 'replaced%' desc, old_until asc, old_code asc, mineral_id asc, stage asc;
