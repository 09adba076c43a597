-- Net import reliance of an area in a year, with its bounds and those that USGS prints: the row to quote first
-- (is_recommended), then other bases and editions. `note` states the basis of a row and how it differs, or why there is no
-- figure.
-- Example: from nir('USMCA', 'cobalt', 2024);
create macro main.nir(of_area, of_mineral, in_year) as table
with asked as (
    select
        area_called(of_area) as area,
        mineral_called(of_mineral) as mineral_id,
        in_year as year
),

found as (
    select
        is_recommended,
        is_headline,
        area,
        mineral_id,
        year,
        edition,
        basis,
        stage,
        output_stage,
        net_import_reliance_pct,
        nir_qualifier,
        nir_low_pct,
        nir_high_pct,
        published_nir_pct,
        published_nir_qualifier,
        published_nir_low_pct,
        published_nir_high_pct,
        us_dependency_on_outside_pct,
        us_dependency_on_outside_low_pct,
        us_dependency_on_outside_high_pct,
        bloc_net_dependency_pct,
        bloc_net_dependency_low_pct,
        bloc_net_dependency_high_pct,
        coverage,
        concat_ws(
            '; ',
            quote_note,
            coverage_note,
            case
                when contradicts_members
                    then 'the three as one contradict what is held of each'
            end,
            case when nir_qualifier = 'E' then 'net exporter' end,
            case
                when not is_determined
                    then 'not determined: bounds from 0 to 100 % say nothing'
            end,
            case
                when is_determined and net_import_reliance_pct is null and nir_low_pct is not null
                    then 'only bounds are known'
            end,
            case
                when output_stage = 'ore_concentrate' and stage not in ('ore_concentrate', 'all_forms')
                    then 'output is that of mines, trade is of metal or compounds'
            end
        ) as note,
        source_ids
    from asked
    inner join marts.import_dependency using (area, mineral_id, year)
)

select * from found
union all by name
select
    area,
    mineral_id,
    year,
    why_not_held('net_import_reliance', area, mineral_id) as note
from asked
where not exists (from found)
order by edition desc, is_headline desc, basis;

comment on macro table main.nir is
'Net import reliance in percent with bounds, the row to quote first. Example: from nir(''USMCA'', ''cobalt'', 2024)';
