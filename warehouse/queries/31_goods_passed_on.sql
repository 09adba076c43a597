-- Where does an exporter state far more than the importer records as made there, so that goods are passed on?
-- A country that trades or refines a metal passes it on lawfully: Britain's re-exports of platinum to the USA
-- come from the London market and are not suspicious in themselves. Only exporters whose own exports are held
-- can be named (exporters_held); others come with UN Comtrade. Flows of less than USD 100,000 are left out.
with held as (
    select
        if(
            count(distinct countries.name) > 6,
            concat(count(distinct countries.name), ' countries'),
            regexp_replace(
                string_agg(distinct countries.name, ', ' order by countries.name), ', ([^,]*)$', ' and \1'
            )
        ) as exporters
    from marts.mirror_gap as flows
    inner join core.dim_country as countries on flows.partner_iso3 = countries.iso3
    where flows.exporter_value_usd is not null and flows.partner_iso3 not in ('USA', 'CAN', 'MEX')
)

select
    flows.reporter_iso3 as importer_iso3,
    flows.partner_iso3 as exporter_iso3,
    flows.mineral_id,
    flows.hs6,
    flows.year,
    flows.exporter_value_usd,
    flows.importer_value_usd,
    flows.likely_re_export_usd,
    round(100.0 * flows.likely_re_export_usd / flows.exporter_value_usd, 1) as likely_re_export_pct,
    flows.exporter_own_imports_usd,
    held.exporters as exporters_held,
    flows.source_ids
from marts.mirror_gap as flows
cross join held
where
    flows.likely_re_export_usd >= 1e5
    and (flows.reporter_iso3 in ('USA', 'CAN', 'MEX') or flows.partner_iso3 in ('USA', 'CAN', 'MEX'))
order by flows.likely_re_export_usd desc, importer_iso3 asc, exporter_iso3 asc, flows.hs6 asc;
