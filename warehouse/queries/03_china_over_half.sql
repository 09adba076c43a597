-- Of which minerals and stages does an area import more than half from China, directly or through a partner?
-- Only figures at most two years older than the newest ones count. Months are left out, since the shares of a
-- single month are accidental. Shares over four years are dated by their last year. Goods through a partner
-- are estimated from the partner's own imports from China and its output, with bounds, and no customs office
-- records them: direct_share is without them, china_share and china_high_share are with them, and
-- estimated_through names the partners with the most. If the table does not allow an estimate,
-- china_high_share is empty. Each supply has one row, by the table to quote or else the newest;
-- also_stated_as has what other tables state, above half or not. The largest imports come first, then
-- finished goods, and last supplies of which a newer table states half or less. China is with Hong Kong and
-- Macao. A share is disputed if that of the value differs by more than 10 points from US customs. Codes of
-- several minerals are left out, except magnets (finished goods), which are the whole code 8505.11.
with dated as (
    select
        *,
        year(period) + if(basis = 'usgs_four_years', 3, 0) as last_year
    from marts.import_sources
    where period_type != 'month' and (coverage != 'basket_allocated' or stage = 'end_form')
),

last_periods as (
    select
        area,
        mineral_id,
        stage,
        basis,
        max(period) as last_period
    from dated
    group by area, mineral_id, stage, basis
    qualify max(last_year) >= max(max(last_year)) over () - 2
),

newest as (
    select
        dated.*,
        countries.name as supplier,
        case dated.period_type
            when 'four_years' then concat(year(dated.period), '-', dated.last_year)
            else year(dated.period)::varchar
        end as period_in_words
    from dated
    inner join last_periods
        on
            dated.area = last_periods.area
            and dated.mineral_id = last_periods.mineral_id
            and dated.stage = last_periods.stage
            and dated.basis = last_periods.basis
            and dated.period = last_periods.last_period
    left join core.dim_country as countries on dated.supplier_iso3 = countries.iso3
),

stated as (
    select
        area,
        mineral_id,
        stage,
        period_in_words as period,
        any_value(if(quantity_share is not null, 'weight', 'value')) as share_of,
        sum(coalesce(quantity_share, value_share)) filter (policy_iso3 = 'CHN') as direct_share,
        sum(value_share) filter (policy_iso3 = 'CHN') as direct_value_share,
        coalesce(direct_share, 0) + coalesce(sum(indirect_low), 0) as china_share,
        coalesce(direct_share, 0) + sum(indirect_high) as china_high_share,
        array_to_string(
            (
                list(supplier order by indirect_high desc, supplier_iso3 asc)
                filter (indirect_high >= 0.01)
            )[:2],
            ', '
        ) as estimated_through,
        sum(value_usd) as value_usd,
        any_value(quote_note) as quote_note,
        any_value(coverage) as coverage,
        bool_or(is_recommended) as is_recommended,
        max(last_year) as last_year,
        string_agg(distinct source_id, ';' order by source_id) as source_ids
    from newest
    group by area, mineral_id, stage, basis, period_in_words
    -- shares of a small flow are accidental
    having coalesce(sum(value_usd), 1e6) >= 1e6
),

chosen as (
    select *
    from stated
    where china_share > 0.5
    qualify
        row_number() over (
            partition by area, mineral_id, stage
            order by is_recommended desc, last_year desc, china_share desc, source_ids asc
        ) = 1
),

-- what US customs state for the year of a reconciled share
by_customs as (
    select
        mineral_id,
        stage,
        year(period)::varchar as period,
        coalesce(sum(value_share) filter (policy_iso3 = 'CHN'), 0) as china_share
    from dated
    where area = 'USA' and basis = 'customs_value'
    group by mineral_id, stage, year(period)
),

publishers as (
    select
        source_id,
        min(split_part(publisher, ',', 1)) as publisher
    from meta.archive
    group by source_id
),

others as (
    select
        chosen.area,
        chosen.mineral_id,
        chosen.stage,
        string_agg(
            concat(
                printf('%.0f %% of the ', 100 * other.china_share), other.share_of, ', ', other.period, ' (',
                publishers.publisher, ')'
            ),
            '; '
            order by other.last_year desc, other.source_ids asc
        ) as listed,
        bool_or(other.last_year > chosen.last_year and other.china_share <= 0.5) as is_overtaken
    from chosen
    inner join stated as other
        on
            chosen.area = other.area
            and chosen.mineral_id = other.mineral_id
            and chosen.stage = other.stage
            and (chosen.source_ids, chosen.period) != (other.source_ids, other.period)
    inner join publishers on other.source_ids = publishers.source_id
    group by chosen.area, chosen.mineral_id, chosen.stage
)

select
    chosen.area,
    chosen.mineral_id,
    chosen.stage,
    chosen.period,
    concat(
        chosen.share_of,
        if(
            abs(chosen.direct_value_share - by_customs.china_share) > 0.1,
            printf(
                ' (disputed: %.0f %%%s%s by US customs)',
                100 * by_customs.china_share,
                if(chosen.share_of = 'value', '', ' of the value'),
                if(chosen.area = 'USA', '', ' of US imports')
            ),
            ''
        )
    ) as share_of,
    chosen.direct_share,
    chosen.china_share,
    chosen.china_high_share,
    chosen.estimated_through,
    others.listed as also_stated_as,
    chosen.value_usd,
    chosen.quote_note,
    chosen.coverage,
    chosen.source_ids
from chosen
left join others
    on
        chosen.area = others.area
        and chosen.mineral_id = others.mineral_id
        and chosen.stage = others.stage
left join by_customs
    on
        chosen.area in ('USA', 'USMCA')
        and chosen.source_ids = 'cepii_baci'
        and chosen.mineral_id = by_customs.mineral_id
        and chosen.stage = by_customs.stage
        and chosen.period = by_customs.period
order by
    coalesce(others.is_overtaken, false) asc,
    chosen.stage = 'end_form' asc,
    chosen.value_usd desc nulls last,
    list_position(['USA', 'CAN', 'MEX', 'USMCA'], chosen.area) asc,
    chosen.mineral_id asc,
    chosen.stage asc;
