-- Minerals, tariff lines, tables with their columns, and macros that have all the words of a search in their
-- name or description, each with the command that shows it. $words are in lower case without accents, $whole
-- is the unsplit search text, $digits the search without points and blanks.
with asked as (
    select
        $whole as whole,
        $digits as digits
),

sought as (
    select unnest($words) as word
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
    where contains(strip_accents(lower(names.mineral_name)), asked.whole)
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

held as (
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
        on contains(replace(lower(concat(held.named, ' ', held.found_as)), '_', ' '), sought.word)
    group by held.kind, held.found, held.named, held.found_as, held.command
    having count(distinct sought.word) = (select count(distinct word) from sought)
    qualify
        row_number() over (
            partition by held.kind
            order by
                count(*) filter (contains(replace(held.named, '_', ' '), sought.word)) desc,
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
order by list_position(['mineral', 'tariff line', 'table', 'column', 'macro'], kind), found;
