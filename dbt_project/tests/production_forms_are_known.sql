-- Products missing from seeds/production_forms.csv, and units missing from seeds/units.csv.
{{ config(severity='warn') }}

select distinct
    stated.source_id,
    stated.product,
    stated.sub_product,
    stated.unit
from {{ ref('stg_production__line') }} as stated
left join {{ ref('production_forms') }} as forms
    on
        stated.source_id = forms.source_id
        and stated.product = forms.product
        and coalesce(stated.sub_product, '') = coalesce(forms.sub_product, '')
left join {{ ref('units') }} as units on stated.unit = units.unit
where forms.product is null or (forms.is_counted and units.unit is null)
