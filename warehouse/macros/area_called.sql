-- The code of an area by code or name: USA, CAN, MEX and USMCA, the three as one. Anything else is refused.
-- Example: select area_called('North America');
create macro main.area_called(called) as coalesce(
    (
        select any_value(area)
        from core.dim_area
        where
            upper(trim(called)) = area
            or strip_accents(lower(trim(called))) = lower(area_name)
            or (area = 'USA' and upper(trim(called)) = 'US')
    ),
    error(concat(
        'No area is called ', called, '; there are USA, CAN, MEX and USMCA, North America as one',
        case when upper(trim(called)) = 'NAM' then '. NAM is Namibia' else '' end
    ))
);

comment on macro main.area_called is
'Code of an area by code or name. Example: select area_called(''North America'')';
