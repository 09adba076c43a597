-- Six-digit codes within headings of the bridge that first appear in the newest twelve months and are missing
-- from the bridge. After a revision of the Harmonized System, a mineral may continue under such a code.
{{ config(severity='warn') }}

with stated as (
    {%- for source in trade_sources() if source.get('new_codes') %}
        {%- set view, code, value, choice = source.new_codes %}
        select
            '{{ source.source_id }}' as source_id,
            left({{ code }}, 6) as hs6,
            period,
            {{ value }}::double as stated_value
        from {{ ref(view) }}
        where {{ choice }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

codes as (
    select
        source_id,
        hs6,
        min(period) as first_month,
        sum(stated_value) as stated_value
    from stated
    group by source_id, hs6
),

held as (
    select
        source_id,
        min(period) as first_held,
        max(period) as last_held
    from stated
    group by source_id
)

select
    codes.source_id,
    codes.hs6,
    codes.first_month,
    codes.stated_value
from codes
inner join held on codes.source_id = held.source_id
left join {{ ref('dim_product') }} as product
    on left(product.hs_code, least(6, product.hs_digits)) = left(codes.hs6, least(6, product.hs_digits))
where
    product.hs_code is null
    and codes.first_month > held.first_held
    and codes.first_month > held.last_held - interval 12 month
    and codes.stated_value >= 100000
