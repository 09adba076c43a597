-- How much public money is committed to critical minerals, by whom, and how much is only offered in letters?
-- Commitments and letters of interest have separate columns and are never added. A commitment is approved by
-- the funder, or its government lists it without a status; whether it was signed or paid is not known.
-- Amounts are in the currency as printed. decided_year is the year of the decision, document_year that of the
-- document that states it. The first row adds up what is stated in USD or converted. The list is what was
-- found, not all there is: the last rows are funders whose programmes are not held.
with support as (
    select
        *,
        coalesce(programme, '') as programme_name,
        if(instrument = 'loi', 'letter of interest', replace(instrument, '_', ' ')) as kind
    from marts.public_support
),

publishers as (
    select
        source_id,
        min(split_part(publisher, ',', 1)) as publisher
    from meta.archive
    group by source_id
),

named as (
    select
        support.funder,
        support.programme_name,
        support.kind,
        support.status,
        support.currency,
        string_agg(distinct minerals.name, ', ' order by minerals.name) as minerals_named
    from support
    cross join lateral unnest(string_split(support.mineral_ids, ';')) as listed (mineral_id)
    inner join core.dim_mineral as minerals on listed.mineral_id = minerals.mineral_id
    group by support.funder, support.programme_name, support.kind, support.status, support.currency
),

not_held (funder_country_iso3, funder, programme) as (
    values
    ('CAN', 'Government of Canada', 'all federal programmes'),
    ('USA', 'US Department of Defense', 'all programmes')
),

found as (
    select
        -- each government spends its own currency
        case support.currency when 'USD' then 'USA' when 'CAD' then 'CAN' when 'MXN' then 'MEX' end
            as funder_country_iso3,
        support.funder,
        support.programme_name as programme,
        support.kind as instrument,
        replace(support.status, '_', ' ') as status,
        support.currency,
        sum(support.committed_amount) as in_commitments,
        sum(support.letter_amount) as in_letters_of_interest,
        sum(support.amount_usd) filter (support.committed_amount is not null) as committed_usd,
        nullif(
            concat_ws(
                '; ',
                if(bool_or(support.is_ceiling), 'up to this amount', null),
                if(bool_or(support.usd_basis = 'day_not_stated'), 'no day stated, not converted to USD', null)
            ),
            ''
        ) as remark,
        min(year(support.decided_on)) as decided_year,
        min(support.stated_year) as document_year,
        any_value(named.minerals_named) as minerals_named,
        string_agg(distinct coalesce(publishers.publisher, split_part(support.stated_in, ', ', 1)), '; ')
            as published_by
    from support
    left join publishers on support.source_ids = publishers.source_id
    left join named
        on
            support.funder = named.funder
            and support.programme_name = named.programme_name
            and support.kind = named.kind
            and support.status = named.status
            and support.currency = named.currency
    group by support.funder, support.programme_name, support.kind, support.status, support.currency
),

all_funders as (
    select
        'All funders found' as funder,
        'committed' as status,
        'USD' as currency,
        sum(committed_usd) as committed_usd,
        concat_ws(
            '; ',
            'USD ' || printf('%.3g', sum(in_letters_of_interest) filter (currency = 'USD') / 1e9)
            || ' billion more is only offered in letters of interest',
            if(
                count(*) filter (in_commitments > 0 and committed_usd is null) > 0,
                'amounts that are not converted are left out', null
            )
        ) as remark,
        max(document_year) as document_year,
        string_agg(distinct published_by, '; ' order by published_by) as published_by
    from found
    having count(*) > 0
)

select
    coalesce(found.funder_country_iso3, not_held.funder_country_iso3) as funder_country_iso3,
    coalesce(found.funder, not_held.funder) as funder,
    coalesce(found.programme, not_held.programme) as programme,
    found.instrument,
    coalesce(found.status, 'not held') as status,
    found.currency,
    found.in_commitments,
    found.in_letters_of_interest,
    found.committed_usd,
    found.remark,
    found.decided_year,
    found.document_year,
    found.minerals_named,
    found.published_by
from (
    select * from found
    union all by name
    select * from all_funders
) as found
full join not_held on found.funder = not_held.funder
order by
    found.funder is null asc,
    found.funder = 'All funders found' desc,
    found.committed_usd desc nulls last,
    found.in_letters_of_interest desc nulls last,
    funder asc,
    programme asc
