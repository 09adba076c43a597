-- How to cite a source, with its licence and the vintage in this file.
-- Example: from cite('usgs_mcs');
create macro main.cite(of_source) as table
select source_id, citation, licence, vintage, mode
from meta.source_status
where source_id = of_source;

comment on macro table main.cite is 'Citation, licence and vintage of a source. Example: from cite(''usgs_mcs'')';
