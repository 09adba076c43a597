-- Output by product, country, unit and year, with bounds: `s` means above 0 and below half a unit.
select
    {{ production_line({
        'source_id': "'bgs_wms'",
        'product': 'commodity',
        'sub_product': 'sub_commodity',
        'country': 'country',
        'year': 'year::smallint',
        'unit': 'unit',
        'quantity': "if(qualifier = 's', 0, quantity)",
        'quantity_low': 'quantity',
        'quantity_high': "if(qualifier = 's', 0.5, quantity)",
        'qualifier': 'qualifier',
        'is_estimated': 'is_estimated',
        'vintage': 'vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ ref('stg_bgs_wms__production') }}
