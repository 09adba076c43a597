-- Sources of the figures on a sheet.
select mineral_id, source_id from marts.import_sources
union
select mineral_id, source_id from marts.world_production
union
select mineral_id, source_id from core.fct_reference_price
union
select unnest(string_split(mineral_ids, ';')) as mineral_id, source_id from core.fct_tariff
union
select mineral_id, unnest(string_split(source_ids, ';')) as source_id from marts.import_dependency
order by mineral_id, source_id;
