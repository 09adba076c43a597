-- The earlier name of `world_output_without`. It refers to world output, not to imports.
-- Example: from what_if_without('CHN');
create macro main.what_if_without(lost_iso3) as table
from world_output_without(lost_iso3);

comment on macro table main.what_if_without is
'Earlier name of world_output_without. Example: from what_if_without(''CHN'')';
