-- From whom the United States, Canada, Mexico and the three as one import each of some minerals, by stage, in the newest year
-- in BACI: China's share by value, directly and, by estimate, with goods through partners, and the shares of the three in each
-- other's imports. The value of a code that holds several minerals lies between bounds. Minerals by their identifiers, in one
-- pass over the table.
-- Example: from compare_three_each(['graphite_natural', 'rare_earths']);
create macro main.compare_three_each(of_minerals) as table
with newest as (
    select
        area,
        area_name,
        mineral_id,
        stage,
        period,
        sum(value_usd) as value_usd,
        sum(value_low_usd) as value_low_usd,
        sum(value_high_usd) as value_high_usd,
        coalesce(sum(value_share) filter (policy_iso3 = 'CHN'), 0) as china_share,
        coalesce(sum(value_share) filter (is_bloc), 0) as from_the_others_share,
        coalesce(sum(indirect_low), 0) as indirect_low,
        coalesce(sum(indirect_high), 0) as indirect_high,
        any_value(coverage) as coverage
    from marts.import_sources
    where basis = 'baci' and mineral_id in (select unnest(of_minerals))
    group by area, area_name, mineral_id, stage, period
    qualify period = max(period) over (partition by mineral_id, stage)
),

-- where US customs differ widely, BACI covers other codes of the stage, or customs state other values
by_customs as (
    select
        mineral_id,
        stage,
        period,
        coalesce(sum(value_share) filter (policy_iso3 = 'CHN'), 0) as china_share
    from marts.import_sources
    where basis = 'customs_value' and period_type = 'year' and area = 'USA' and mineral_id in (select unnest(of_minerals))
    group by mineral_id, stage, period
)

select
    mineral_id,
    stage,
    year(period) as year,
    area,
    area_name,
    -- a basket code is split as in US imports; for other importers only bounds are known
    case when coverage != 'basket_allocated' then value_usd end as value_usd,
    value_low_usd,
    value_high_usd,
    newest.china_share,
    least(newest.china_share + indirect_low, 1) as china_and_indirect_low_share,
    least(newest.china_share + indirect_high, 1) as china_and_indirect_high_share,
    from_the_others_share,
    case
        when area != 'USMCA'
            then rank() over (partition by mineral_id, stage, area = 'USMCA' order by newest.china_share desc)
    end as rank_of_three,
    case when area = 'USA' then by_customs.china_share end as china_share_by_customs,
    coverage
from newest
left join by_customs using (mineral_id, stage, period)
order by mineral_id, stage, list_position(['USA', 'CAN', 'MEX', 'USMCA'], area);

comment on macro table main.compare_three_each is
'Imports of the three by origin, side by side, for each of some minerals by identifier. Example: from compare_three_each([''graphite_natural''])';
