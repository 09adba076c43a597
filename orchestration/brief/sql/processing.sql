-- China's share of world mine and refinery output in the newest year that has both.
select
    minerals.name as mineral,
    gap.year,
    round(100 * gap.mine_share_china, 1) as mine_share_pct,
    round(100 * gap.refinery_share_china, 1) as refinery_share_pct,
    round(100 * gap.mine_share_nam, 1) as nam_mine_share_pct,
    round(100 * gap.refinery_share_nam, 1) as nam_refinery_share_pct
from marts.processing_gap as gap
inner join core.dim_mineral as minerals using (mineral_id)
where gap.mine_share_china is not null and gap.refinery_share_china is not null
qualify row_number() over (partition by gap.mineral_id order by gap.year desc) = 1
order by refinery_share_pct desc, mineral
