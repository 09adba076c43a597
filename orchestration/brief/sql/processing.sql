-- China's and North America's shares of world mine and refinery output, newest year with either.
with listed as (
    select distinct unnest([mineral_id, group_id]) as mineral_id
    from core.dim_mineral
    where on_us_2025
)

select
    minerals.name as mineral,
    gap.year,
    round(100 * gap.mine_share_china, 1) as mine_share_pct,
    round(100 * gap.refinery_share_china, 1) as refinery_share_pct,
    gap.refinery_stage,
    gap.refinery_source_id as refinery_source,
    round(100 * gap.mine_share_usmca_low, 1) as usmca_mine_share_low_pct,
    round(100 * gap.mine_share_usmca_high, 1) as usmca_mine_share_high_pct,
    round(100 * gap.refinery_share_usmca_low, 1) as usmca_refinery_share_low_pct,
    round(100 * gap.refinery_share_usmca_high, 1) as usmca_refinery_share_high_pct,
    gap.coverage,
    gap.coverage not like '%mine_table_of_another_use%' as is_one_chain,
    exists (
        from core.dim_policy_stage as staged
        where staged.mineral_id = gap.mineral_id and staged.role = 'headline' and staged.policy_stage = 'mine'
    ) as is_used_as_mined
from marts.processing_gap as gap
inner join listed using (mineral_id)
inner join core.dim_mineral as minerals using (mineral_id)
where (gap.mine_share_china > 0 or gap.refinery_share_china > 0)
qualify row_number() over (partition by gap.mineral_id order by gap.year desc) = 1
order by greatest(coalesce(mine_share_pct, 0), coalesce(refinery_share_pct, 0)) desc, mineral
