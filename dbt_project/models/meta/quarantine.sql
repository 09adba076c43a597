-- Rows that broke the contract of their source's table, and a publisher's phrases that nobody has classified
-- yet: kept with the reason, and in no figure.
with phrases as (
    select
        'usgs_mcs__export_controls' as table_name,
        stated._archive_id as archive_id,
        case
            when codes.iso3 is null then 'country_not_known'
            else 'phrase_not_in_usgs_control_phrases'
        end as reason,
        stated.edition,
        stated.country as subject,
        stated.phrase
    from {{ ref('stg_usgs_mcs__export_controls') }} as stated
    left join {{ ref('usgs_control_phrases') }} as judged on stated.phrase = judged.phrase
    left join {{ ref('dim_country_code') }} as codes
        on stated.country = codes.code and codes.source_id = 'usgs_mcs'
    where judged.phrase is null or codes.iso3 is null
    union all
    select
        'usgs_mcs__agreements' as table_name,
        stated._archive_id as archive_id,
        'country_not_known' as reason,
        stated.edition,
        stated.party as subject,
        stated.title as phrase
    from {{ ref('stg_usgs_mcs__agreements') }} as stated
    left join {{ ref('dim_country_code') }} as codes
        on stated.party = codes.code and codes.source_id = 'usgs_mcs'
    where codes.iso3 is null
    union all
    select
        'usgs_mcs__end_uses' as table_name,
        stated._archive_id as archive_id,
        case
            when judged.application is null then 'application_not_in_end_use_map'
            else 'mineral_not_known'
        end as reason,
        stated.edition,
        stated.mineral as subject,
        stated.application as phrase
    from {{ ref('stg_usgs_mcs__end_uses') }} as stated
    left join {{ ref('end_use_map') }} as judged on stated.application = judged.application
    left join {{ ref('usgs_mineral_names') }} as named on stated.mineral = named.name
    left join {{ ref('dim_mineral') }} as minerals on lower(stated.mineral) = lower(minerals.name)
    where judged.application is null or coalesce(named.mineral_id, minerals.mineral_id) is null
    union all
    select
        'usgs_mcs__scrap' as table_name,
        stated._archive_id as archive_id,
        'mineral_not_known' as reason,
        stated.edition,
        stated.scrap_type as subject,
        stated.year::string as phrase
    from {{ ref('stg_usgs_mcs__scrap') }} as stated
    left join {{ ref('usgs_mineral_names') }} as named on stated.scrap_type = named.name
    left join {{ ref('dim_mineral') }} as minerals on lower(stated.scrap_type) = lower(minerals.name)
    where coalesce(named.mineral_id, minerals.mineral_id) is null
    union all
    select
        'ilab_goods__good' as table_name,
        stated._archive_id as archive_id,
        case when codes.iso3 is null then 'country_not_known' else 'good_not_in_ilab_goods_map' end as reason,
        stated.vintage::string as edition,
        stated.country as subject,
        stated.good as phrase
    from {{ ref('stg_ilab_goods__good') }} as stated
    left join {{ ref('ilab_goods_map') }} as judged on lower(stated.good) = judged.good
    left join {{ ref('dim_country_code') }} as codes
        on stated.country = codes.code and codes.source_id = 'ilab_goods'
    where (stated.sector = 'Mining' and judged.good is null) or codes.iso3 is null
    union all
    select
        'usgs_outlook__capacity' as table_name,
        stated._archive_id as archive_id,
        case
            when judged.mineral_id is null then 'form_not_in_outlook_forms'
            when units.unit is null then 'unit_not_known'
            else 'country_not_known'
        end as reason,
        stated.outlook_to::string as edition,
        stated.commodity || ', ' || stated.region as subject,
        stated.form || ', ' || stated.unit as phrase
    from {{ ref('stg_usgs_outlook__capacity') }} as stated
    left join {{ ref('outlook_forms') }} as judged
        on lower(stated.commodity) = judged.commodity and contains(lower(stated.form), judged.form_words)
    left join {{ ref('units') }} as units on stated.unit = units.unit
    left join {{ ref('dim_country_code') }} as whole
        on stated.region = whole.code and whole.source_id = 'usgs_mcs'
    left join {{ ref('dim_country_code') }} as part
        on split_part(stated.region, ' (', 1) = part.code and part.source_id = 'usgs_mcs'
    where
        judged.mineral_id is null
        or units.unit is null
        or (
            whole.iso3 is null and part.iso3 is null
            and stated.region not in ('World', 'Total', 'Rest of the world')
        )
    union all
    {%- for source in facility_sources() if source.phrases_in %}
        select
            '{{ source.phrases_in }}' as table_name,
            stated.archive_id,
            if(judged.phrase is null, 'phrase_not_in_commodity_phrases', 'phrase_of_no_single_mineral')
                as reason,
            stated.edition,
            stated.subject,
            stated.phrase
        from {{ ref('stg_' ~ source.source_id ~ '__facility_phrase') }} as stated
        left join {{ ref('commodity_phrases') }} as judged on stated.phrase = judged.phrase
        left join {{ ref('dim_mineral') }} as minerals on stated.phrase = lower(minerals.name)
        where judged.mineral_id is null and (judged.phrase is not null or minerals.mineral_id is null)
        union all
    {%- endfor %}
    {%- for source in facility_sources() if source.titles_in %}
        select
            '{{ source.titles_in }}' as table_name,
            facilities.archive_id,
            'project_names_no_mineral' as reason,
            facilities.vintage::string as edition,
            facilities.subdivision as subject,
            facilities.name as phrase
        from {{ ref('dim_facility') }} as facilities
        left join {{ ref('bridge_facility_mineral') }} as bridge
            on facilities.facility_id = bridge.facility_id
        where facilities.source_id = '{{ source.source_id }}' and bridge.facility_id is null
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

described as (
    select distinct
        table_name,
        archive_id,
        reason,
        {{ json_of(['edition', 'subject', 'phrase']) }} as as_read
    from phrases
),

refused as (
    select
        source_id,
        table_name,
        archive_id,
        reason,
        row
    from {{ source('raw', 'meta__quarantine') }}
    union all
    select
        split_part(table_name, '__', 1) as source_id,
        table_name,
        archive_id,
        reason,
        as_read
    from described
)

select *
from refused
order by source_id, table_name, archive_id, reason, row::string
