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

files as (
    select
        year,
        hs6,
        left(hs6, 4) as heading,
        edition_year,
        _partition,
        count(distinct exporter_code) > 1 as has_exporters,
        count(quantity_t) > 0 as has_weights,
        max(_vintage) as newest_vintage
    from source
    group by year, hs6, edition_year, _partition
),

code_files as (
    select
        files.year,
        files.hs6,
        files.edition_year,
        files._partition
    from files
    left join whole_editions on files.year = whole_editions.year and files.heading = whole_editions.heading
    where files.edition_year >= coalesce(whole_editions.newest_edition, files.edition_year)
    qualify row_number() over (
        partition by files.year, files.hs6
        order by
            files.has_exporters desc,
            files.has_weights desc,
            files.edition_year desc,
            files.newest_vintage desc,
            files._partition asc
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
