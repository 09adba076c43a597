-- Minerals, tariff lines, duty programmes, measures, facilities and companies, public money, tables with
-- their columns, and macros whose name or description has all the words of a search, each with the command
-- that shows it. $forms are beginnings of words that count as matches, in lower case without accents; $places
-- are the positions of the search words to which they belong; $whole is the unsplit search text, $digits the
-- search without dots and spaces.
with asked as (
    select
        $whole as whole,
        $digits as digits
),

sought as (
    select
        unnest($places) as place,
        unnest($forms) as form
),

minerals as (
    select
        'mineral' as kind,
        any_value(minerals.name) as found,
        string_agg(distinct names.mineral_name, ', ' order by names.mineral_name) as found_as,
        concat('minerals show ', names.mineral_id) as command
    from core.dim_mineral_name as names
    inner join core.dim_mineral as minerals on names.mineral_id = minerals.mineral_id
    cross join asked
    where
        contains(strip_accents(lower(names.mineral_name)), asked.whole)
        or (
            length(asked.whole) > 4
            and names.lang != 'symbol'
            and jaro_winkler_similarity(strip_accents(lower(names.mineral_name)), asked.whole) > 0.93
        )
    group by names.mineral_id
),

lines as (
    select
        'tariff line' as kind,
        concat(products.nomenclature, ' ', products.hs_code) as found,
        concat(
            any_value(products.description), ' (',
            string_agg(distinct products.mineral_id, ', ' order by products.mineral_id), ')'
        ) as found_as,
        concat('minerals duty ', left(products.hs_code, 8)) as command
    from core.dim_product as products
    cross join asked
    where
        length(asked.digits) >= 4
        and (starts_with(products.hs_code, asked.digits) or starts_with(asked.digits, products.hs_code))
    group by products.nomenclature, products.hs_code
),

-- matched word by word, in the name first
held as (
    select
        'programme of duties' as kind,
        concat_ws(
            ' ',
            if(programme = 'ieepa', upper(programme), 'section ' || programme),
            nullif(track, programme)
        ) as found,
        concat_ws(' ', programme, track) as named,
        concat(
            count(distinct measure_id), ' measures from ', min(valid_from), ', known through ',
            max(known_through), ': ', any_value(citation)
        ) as found_as,
        concat(
            'minerals query "from core.dim_tariff_measure where programme = ''', programme, ''' and track = ''',
            track, '''"'
        ) as command
    from core.dim_tariff_measure
    group by programme, track
    union all
    select
        'measure' as kind,
        events.title as found,
        events.title as named,
        concat_ws(
            '; ', replace(events.kind, '_', ' '), events.instrument,
            'last known: ' || replace(coalesce(money.status, events.last_known_status), '_', ' '),
            events.minerals
        ) as found_as,
        concat('minerals query "from marts.policy_calendar where event_id = ''', events.event_id, '''"')
            as command
    from marts.policy_calendar as events
    -- the announcement of the money states how far the decision has come
    left join marts.public_support as money on events.event_id = money.event_id
    union all
    select
        'facility' as kind,
        name as found,
        concat_ws(' ', name, operator) as named,
        concat_ws('; ', operator, country_iso3, commodities) as found_as,
        concat(
            'minerals query "from core.dim_facility where facility_id = ''', replace(facility_id, '''', ''''''),
            '''"'
        ) as command
    from core.dim_facility
    union all
    select
        'public money' as kind,
        coalesce(recipient, project) as found,
        concat_ws(' ', recipient, project, programme, funder) as named,
        concat_ws('; ', funder, programme, project, replace(status, '_', ' ')) as found_as,
        concat('minerals query "from marts.public_support where support_id = ''', support_id, '''"') as command
    from marts.public_support
    union all
    select
        'table' as kind,
        concat('marts.', table_name) as found,
        table_name as named,
        trim(split_part(description, '. ', 1)) as found_as,
        concat('minerals query "from marts.', table_name, ' limit 20"') as command
    from meta.table_dictionary
    where schema_name = 'marts'
    union all
    select
        'column' as kind,
        concat('marts.', table_name, '.', column_name) as found,
        column_name as named,
        trim(description) as found_as,
        concat('minerals query "from marts.', table_name, ' limit 20"') as command
    from meta.column_dictionary
    where schema_name = 'marts'
    union all
    select
        'macro' as kind,
        function_name as found,
        function_name as named,
        split_part(comment, ' Example: ', 1) as found_as,
        concat('minerals query "', split_part(comment, ' Example: ', 2), '"') as command
    from duckdb_functions()
    where not internal and comment like '% Example: %'
),

-- the five of each kind with the most search words in their names
matched as (
    select
        held.kind,
        held.found,
        held.found_as,
        held.command
    from held
    inner join sought
        on
            contains(
                ' ' || regexp_replace(
                    strip_accents(lower(concat_ws(' ', held.found, held.named, held.found_as))),
                    '[^a-z0-9]+', ' ', 'g'
                ),
                ' ' || sought.form
            )
    group by held.kind, held.found, held.named, held.found_as, held.command
    having count(distinct sought.place) = (select count(distinct place) from sought)
    qualify
        row_number() over (
            partition by held.kind
            order by
                count(distinct sought.place) filter (
                    contains(' ' || regexp_replace(lower(held.named), '[^a-z0-9]+', ' ', 'g'), ' ' || sought.form)
                ) desc,
                length(held.found_as) asc,
                held.found asc
        )
        <= 5
)

from minerals
union all by name
from lines
union all by name
from matched
order by
    list_position(
        [
            'mineral', 'tariff line', 'programme of duties', 'measure', 'facility', 'public money', 'table',
            'column', 'macro'
        ], kind
    ), found;
