-- US stocks at the end of a year by holder, in the form of the consumption figure.
select
    salient.edition,
    max(stocks.basis_carried_from) as basis_carried_from,
    stocks.mineral_id,
    stocks.holder,
    salient.year,
    {{ whole_sum('salient.value * units.base_per_unit') }} as stock_t,
    coalesce({{ exact_sum('salient.value * units.base_per_unit') }}, 0) as stock_low_t,
    bool_or(salient.qualifier = 'W') as is_withheld,
    bool_or(salient.is_estimated) as is_estimated,
    {{ joined_distinct('salient.statistic', '; ') }} as printed_as,
    min(salient._archive_id) as archive_id
from {{ ref('stg_usgs_mcs__salient') }} as salient
inner join {{ rules_of_editions(ref('usgs_stocks'), ref('stg_usgs_mcs__salient')) }} as stocks
    on
        salient.edition = stocks.edition
        and salient.commodity = stocks.commodity
        and salient.statistic = stocks.statistic
inner join {{ ref('units') }} as units on salient.unit = units.unit and units.base_unit = 't'
where stocks.is_comparable
group by salient.edition, stocks.mineral_id, stocks.holder, salient.year
