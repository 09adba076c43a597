-- US general imports of a line in a month, from all origins and from China; the weight is null where the
-- quantity cannot be used for unit values.
select
    period,
    hts10,
    cty_code as country_code,
    general_value_usd,
    quantity,
    unit as quantity_unit,
    quantity_status,
    case
        when quantity_status = 'stated' and quantity > 0
            then quantity * case unit when 'T' then 1000 when 'KG' then 1 end
    end as net_weight_kg,
    _archive_id,
    _vintage as vintage
from {{ current_rows('census_months__imports', cells=['period', 'hts10']) }}
