-- How much public money is committed to critical minerals, by whom, and how much is only held out in letters?
-- Commitments and letters of interest stand in columns of their own and are never added. Amounts are in the
-- currency as printed; the list is what was found, not all there is.
select
    funder,
    coalesce(programme, '') as programme,
    instrument,
    currency,
    count(*) filter (where part_of is null) as announcements,
    sum(committed_amount) as in_commitments,
    sum(letter_amount) as in_letters_of_interest,
    sum(amount_usd) filter (where is_binding and part_of is null) as committed_usd,
    bool_or(is_ceiling) as holds_a_ceiling,
    min(stated_year) as first_year,
    array_to_string(
        list_sort(
            list_distinct(flatten(list(string_split(mineral_ids, ';')) filter (mineral_ids is not null)))
        ),
        ', '
    ) as minerals_named,
    string_agg(distinct usd_basis, ', ' order by usd_basis) as usd_basis
from marts.public_support
group by all
order by committed_usd desc nulls last, in_letters_of_interest desc nulls last, funder asc, programme asc
