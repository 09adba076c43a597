-- One row per nomenclature, year, exporter, importer and HS6 code: one reconciled flow, FOB. The series comes
-- in several editions of the HS that state the same trade. For each year and heading the newest edition that
-- is held in full is used, since goods move between the codes of a heading. An extract counts for its own
-- codes only. For each code and year one file is used: a file with several exporters before one with a single
-- exporter, then one with weights before one without, then the newest. A newer version (HS17/V202701)
-- replaces an older one in full, so a flow that it no longer states disappears.
with source as (
    select
        *,
        left(hs6, 4) as heading,
        case when nomenclature >= 'HS88' then '19' else '20' end || right(nomenclature, 2) as edition_year,
        case when _partition like 'HS__/V%' then _partition end as release_version
    from {{ current_rows('cepii_baci__trade', ['year']) }}
),

versions as (
    select
        nomenclature,
        year,
        max(release_version) as newest_version
    from source
    group by nomenclature, year
),

whole_editions as (
    select
        year,
        heading,
        max(edition_year) as newest_edition
    from source
    where release_version is not null
    group by year, heading
),

code_files as (
    select
        source.year,
        source.hs6,
        source.edition_year,
        source._partition
    from source
    left join whole_editions
        on source.year = whole_editions.year and source.heading = whole_editions.heading
    where source.edition_year >= coalesce(whole_editions.newest_edition, source.edition_year)
    group by source.year, source.hs6, source.edition_year, source._partition
    qualify row_number() over (
        partition by source.year, source.hs6
        order by
            count(distinct source.exporter_code) > 1 desc,
            count(source.quantity_t) > 0 desc,
            source.edition_year desc,
            max(source._vintage) desc,
            source._partition asc
    ) = 1
)

select
    source.nomenclature,
    source.year,
    make_date(source.year, 1, 1) as period,
    source.exporter_code,
    source.importer_code,
    source.hs6 as hs_code,
    source.value_kusd * 1000 as value_usd,
    source.quantity_t,
    source._archive_id,
    source._vintage as vintage
from source
inner join versions on source.nomenclature = versions.nomenclature and source.year = versions.year
inner join code_files
    on
        source.year = code_files.year
        and source.hs6 = code_files.hs6
        and source.edition_year = code_files.edition_year
        and source._partition = code_files._partition
where
    coalesce(source.release_version, versions.newest_version) is not distinct from versions.newest_version
qualify row_number() over (
    partition by source.nomenclature, source.year, source.exporter_code, source.importer_code, source.hs6
    order by source._vintage desc, source.quantity_t is null asc, source._archive_id asc
) = 1
