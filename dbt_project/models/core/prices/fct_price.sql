-- Prices of minerals from all sources in one grain, monthly and yearly. A source may have more than one
-- series of a mineral and stage (phosphate fertilizers); sources are not merged, so that they can check each
-- other.
select
    published.source_id,
    mapped.series_id,
    mapped.mineral_id,
    mapped.stage,
    published.period,
    'month' as period_type,
    'product' as basis,
    null::string as contained_element,
    preferences.reference_order,
    published.series,
    published.price,
    published.unit,
    published.price * mapped.usd_per_kg_factor as usd_per_kg,
    published.vintage,
    published._archive_id as archive_id
from {{ ref('stg_price__line') }} as published
inner join {{ ref('price_series') }} as mapped
    on
        published.source_id = mapped.source_id
        and published.series = mapped.series
        and published.unit = mapped.unit
inner join (values {{ price_preferences() }}) as preferences (source_id, reference_order)
    on published.source_id = preferences.source_id
union all
select
    'usgs_mcs' as source_id,
    series_id,
    mineral_id,
    stage,
    period,
    'year' as period_type,
    basis,
    contained_element,
    reference_order,
    series,
    price,
    unit,
    usd_per_kg,
    vintage,
    _archive_id as archive_id
from {{ ref('stg_usgs_mcs__price') }}
