-- The name of a stage for a mineral: the stage refined_metal of a mineral that is no metal is called refined.
-- Example: select stage_name('phosphate', 'refined_metal');
create macro main.stage_name(of_mineral, of_stage) as case
    when of_stage = 'refined_metal' and of_mineral in (select mineral_id from core.dim_mineral where not refined_is_metal)
        then 'refined'
    else of_stage
end;

comment on macro main.stage_name is
'Name of a stage for a mineral: phosphorus is refined, but no metal. Example: select stage_name(''phosphate'', ''refined_metal'')';
