-- The id of a mineral by any name of `core.dim_mineral_name`: id, English, Spanish or French name, symbol; accents and capitals
-- do not matter. An unknown name is refused, and the nearest names are listed.
-- Example: select mineral_called('galio');
create macro main.mineral_called(called) as coalesce(
    (
        select min_by(mineral_id, list_position(['id', 'en', 'es', 'fr', 'symbol'], lang))
        from core.dim_mineral_name
        where strip_accents(lower(replace(mineral_name, '_', ' '))) = strip_accents(lower(replace(trim(called), '_', ' ')))
    ),
    error(concat(
        'No mineral is called ', called, '; the nearest names are of ',
        (
            select string_agg(mineral_id, ', ' order by similarity desc, mineral_id)
            from (
                select
                    mineral_id,
                    max(jaro_winkler_similarity(
                        strip_accents(lower(mineral_name)), strip_accents(lower(called))
                    )) as similarity
                from core.dim_mineral_name
                group by mineral_id
                order by similarity desc, mineral_id
                limit 3
            )
        )
    ))
);

comment on macro main.mineral_called is
'Id of a mineral by any of its names, in three languages. Example: select mineral_called(''galio'')';
