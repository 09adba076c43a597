-- On which critical minerals does US energy research publish, and is it growing?
-- Records of the Department of Energy with the mineral in the title (source osti_rd); there is no row if they
-- are not held. Question 42 has public money. The newest full year comes first; a year that was not over when
-- the records were listed is not compared with the one before. If the name has other meanings than the
-- mineral, the count is too high.
with counted as (
    select
        mineral_id,
        year,
        sum(n_records) as records,
        coalesce(sum(n_records) filter (where product_type = 'Patent'), 0) as patents,
        coalesce(sum(n_records) filter (where product_type = 'Technical Report'), 0) as reports,
        year < year(max(max(listed_on)) over ()) as is_over,
        max(listed_on) as listed_on,
        bool_or(is_word_ambiguous) as is_word_ambiguous,
        max(last_published_on) as last_published_on,
        string_agg(distinct search_terms, '; ' order by search_terms) as search_terms,
        any_value(source_ids) as source_ids
    from marts.rd_activity
    group by mineral_id, year
)

select
    mineral_id,
    year,
    records,
    patents,
    reports,
    case when is_over then records - lag(records) over (partition by mineral_id order by year) end
        as change_in_a_year,
    nullif(
        concat_ws(
            '; ',
            if(is_over, null, concat('the year is not over: listed on ', listed_on)),
            if(is_word_ambiguous, 'the name has other meanings: too many', null)
        ), ''
    ) as remark,
    last_published_on,
    search_terms,
    source_ids
from counted
order by is_over desc, year desc, records desc, mineral_id asc
