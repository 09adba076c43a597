-- How much public money is committed to critical minerals, by whom, and how much is only held out in letters?
-- Commitments and letters of interest stand in columns of their own and are never added. Amounts are in the
-- currency as printed; the list is what was found, not all there is.
with support as (
    select
        *,
        coalesce(programme, '') as programme_name,
        if(instrument = 'loi', 'letter of interest', replace(instrument, '_', ' ')) as kind
    from marts.public_support
),

named as (
    select
        support.funder,
        support.programme_name,
        support.kind,
        support.currency,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as minerals_named
    from support
    cross join lateral unnest(string_split(support.mineral_ids, ';')) as listed (mineral_id)
    inner join core.dim_mineral as minerals on listed.mineral_id = minerals.mineral_id
    group by support.funder, support.programme_name, support.kind, support.currency
)

select
    support.funder,
    support.programme_name as programme,
    support.kind as instrument,
    support.currency,
    count(*) filter (support.part_of is null) as announcements,
    sum(support.committed_amount) as in_commitments,
    sum(support.letter_amount) as in_letters_of_interest,
    sum(support.amount_usd) filter (support.is_binding and support.part_of is null) as committed_usd,
    if(bool_or(support.is_ceiling), 'up to this amount', null) as remark,
    min(support.stated_year) as first_year,
    any_value(named.minerals_named) as minerals_named,
    any_value(replace(support.usd_basis, '_', ' ')) as usd_basis,
    string_agg(distinct support.source_ids, ';' order by support.source_ids) as source_ids
from support
left join named
    on
        support.funder = named.funder
        and support.programme_name = named.programme_name
        and support.kind = named.kind
        and support.currency = named.currency
group by support.funder, support.programme_name, support.kind, support.currency
order by
    committed_usd desc nulls last, in_letters_of_interest desc nulls last, support.funder asc, programme asc
