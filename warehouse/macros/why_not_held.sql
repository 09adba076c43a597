-- Why no data of a kind in `meta.coverage` is held for an area and mineral, or the periods for which data is held.
-- Example: select why_not_held('imports_by_supplier', 'MEX', 'antimony');
create macro main.why_not_held(of_kind, of_area, of_mineral) as coalesce(
    (
        select
            case
                when sum(row_count) > 0
                    then concat('held from ', year(min(first_period)), ' to ', year(max(last_period)), ' only')
                else any_value(reason)
            end
        from meta.coverage
        where kind = of_kind and area = of_area and mineral_id = of_mineral
    ),
    case
        when of_kind = 'net_import_reliance'
            then 'not held: output or consumption of it there is not published'
        else 'not held, and no source of this warehouse brings it'
    end
);

comment on macro main.why_not_held is
'Why an answer is empty. Example: select why_not_held(''imports_by_supplier'', ''MEX'', ''antimony'')';
