-- Where do an importer and its supplier disagree most on the same flow, net of freight?
-- Flows to or from one of the three, sorted by the difference in dollars, largest first. It is positive if
-- the importer states more, and its percentage is that of the larger figure. Differences of less than USD
-- 100,000 or five percent come last. Both sides must be held: exporters_held names the countries outside the
-- three whose own exports are held; others come with UN Comtrade, once it is fetched. Flows missing from the
-- list are not compared. A difference may come from goods passed on, the turn of the year or the choice of
-- code, and is not a sign of fraud.
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
    flows.importer_fob_usd,
    flows.exporter_value_usd,
    flows.importer_fob_usd - flows.exporter_value_usd as difference_usd,
    round(
        100 * difference_usd
        / nullif(greatest(flows.importer_fob_usd, flows.exporter_value_usd), 0), 1
    ) as difference_pct,
    case flows.reason
        when 'importer_knows_origin'
            then 'take the importer''s: it names the origin, the exporter also counts re-exports'
        when 'exporter_scatters_less'
            then 'take the exporter''s: its figures agree better with those of others'
        when 'data_exchange' then 'take the importer''s: the exporter takes over its figures'
        when 'only_importer' then 'only the importer states it'
        when 'only_exporter' then 'only the exporter states it'
        else replace(flows.reason, '_', ' ')
    end as which_to_quote,
    held.exporters as exporters_held,
    flows.coverage,
    flows.source_ids
from marts.mirror_gap as flows
cross join held
where
    flows.exporter_value_usd is not null
    and (flows.reporter_iso3 in ('USA', 'CAN', 'MEX') or flows.partner_iso3 in ('USA', 'CAN', 'MEX'))
order by
    abs(difference_usd) < 1e5 or coalesce(abs(difference_pct), 100) < 5 asc,
    abs(difference_usd) desc, flows.year desc, importer_iso3 asc, exporter_iso3 asc, flows.hs6 asc;
