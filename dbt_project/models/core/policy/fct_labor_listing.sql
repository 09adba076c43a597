-- Minerals of a country that the US Department of Labor lists as made by child or forced labor.
select
    goods.mineral_id,
    goods.stage,
    countries.iso3 as country_iso3,
    {{ joined_distinct('stated.good', ';') }} as goods,
    bool_or(stated.child_labor or stated.forced_child_labor) as is_child_labor,
    bool_or(stated.forced_labor or stated.forced_child_labor) as is_forced_labor,
    bool_or(stated.derived) as is_derived,
    {{ joined_distinct('inputs.iso3', ';') }} as derived_from_iso3,
    max(stated.vintage) as listed_as_of,
    min(stated._archive_id) as archive_id
from {{ ref('stg_ilab_goods__good') }} as stated
inner join {{ ref('ilab_goods_map') }} as goods
    on lower(stated.good) = goods.good and goods.mineral_id is not null
inner join {{ ref('dim_country_code') }} as countries
    on stated.country = countries.code and countries.source_id = 'ilab_goods' and countries.iso3 is not null
left join {{ ref('dim_country_code') }} as inputs
    on stated.derived_country = inputs.code and inputs.source_id = 'ilab_goods'
group by goods.mineral_id, goods.stage, countries.iso3
