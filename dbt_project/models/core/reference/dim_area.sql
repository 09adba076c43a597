-- The areas of the marts: the three countries, and the three as one.
{%- set codes = areas().keys() | list %}
with codes (area) as (
    {%- for code in codes %}
        select '{{ code }}' as area
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

members as (
    select {{ joined_distinct('iso3', ';') }} as iso3s
    from {{ ref('dim_bloc_member') }}
    where bloc = 'NORTH_AMERICA' and is_member_today
)

select
    codes.area,
    {{ area_name('codes.area') }} as area_name,
    case when countries.iso3 is null then members.iso3s else codes.area end as members
from codes
cross join members
left join {{ ref('dim_country') }} as countries on codes.area = countries.iso3
