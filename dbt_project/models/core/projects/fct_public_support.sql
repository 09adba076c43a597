-- Public money committed or offered, one row per announcement, in the currency and on the day that it states.
with minerals_of_titles as (
    select
        recipients.intake,
        recipients.recipient,
        recipients.project,
        {{ joined_distinct('minerals.mineral_id', ';') }} as mineral_ids
    from {{ ref('stg_ontario_cmif__recipient') }} as recipients
    inner join {{ ref('dim_mineral') }} as minerals
        on minerals.is_critical and {{ has_words('recipients.project', 'lower(minerals.name)') }}
    group by recipients.intake, recipients.recipient, recipients.project
),

stated as (
    select
        support_id,
        funder,
        programme,
        recipient,
        project,
        country_iso3,
        mineral_ids,
        stage,
        instrument,
        status,
        amount,
        currency,
        is_ceiling,
        event_id,
        stated_on,
        part_of,
        if(mineral_ids is null, null, 'curated') as match_method,
        stated_in,
        source_url,
        'curated' as source_id,
        null as archive_id
    from {{ ref('support_announcements') }}
    union all
    select
        'ontario_cmif:' || recipients.intake::string || ':'
        || lower(replace(recipients.recipient || ':' || recipients.project, ' ', '_')) as support_id,
        'Government of Ontario' as funder,
        'Critical Minerals Innovation Fund, intake ' || recipients.intake::string as programme,
        recipients.recipient,
        recipients.project,
        'CAN' as country_iso3,
        minerals_of_titles.mineral_ids,
        null as stage,
        'grant' as instrument,
        'approved' as status,
        recipients.amount_cad as amount,
        'CAD' as currency,
        false as is_ceiling,
        null as event_id,
        null as stated_on,
        null as part_of,
        if(minerals_of_titles.mineral_ids is null, null, 'title') as match_method,
        'Critical Minerals Innovation Fund Recipients' as stated_in,
        'https://data.ontario.ca/dataset/critical-minerals-innovation-fund-recipients' as source_url,
        'ontario_cmif' as source_id,
        recipients._archive_id as archive_id
    from {{ ref('stg_ontario_cmif__recipient') }} as recipients
    left join minerals_of_titles
        on
            recipients.intake = minerals_of_titles.intake
            and recipients.recipient = minerals_of_titles.recipient
            and recipients.project = minerals_of_titles.project
)

select
    stated.*,
    decisions.announced as decided_on,
    case
        when stated.currency = 'USD' then stated.amount
        when stated.currency = 'CAD' then {{ rounded('stated.amount / rates.cad_per_usd', 6) }}
    end as amount_usd,
    case
        when stated.currency = 'USD' then 'stated_in_usd'
        when stated.stated_on is null then 'day_not_stated'
        when rates.cad_per_usd is null then 'no_rate_held'
        else 'mean_rate_of_month'
    end as usd_basis
from stated
left join {{ ref('stg_boc_fx__monthly') }} as rates
    on
        stated.currency = 'CAD'
        and year(stated.stated_on) = year(rates.period)
        and month(stated.stated_on) = month(rates.period)
left join {{ ref('policy_events') }} as decisions on stated.event_id = decisions.event_id
