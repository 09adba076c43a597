-- Commodities of the British Geological Survey that are missing in seeds.bgs_forms, and units that are
-- missing in seeds.units.
{{ config(severity='warn') }}

select distinct
    stated.commodity,
    stated.sub_commodity,
    stated.unit
from {{ ref('stg_bgs_wms__production') }} as stated
left join {{ ref('bgs_forms') }} as forms
    on stated.commodity = forms.commodity and stated.sub_commodity = coalesce(forms.sub_commodity, '')
left join {{ ref('units') }} as units on stated.unit = units.unit
where forms.commodity is null or (forms.is_counted and units.unit is null)
