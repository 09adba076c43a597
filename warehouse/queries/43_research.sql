-- On which critical minerals does US energy research publish, and is it growing?
-- Records of the Department of Energy with the mineral in the title (source osti_rd); there is no row if they
-- are not held. Question 42 has public money. The newest year is not over, and if the name has other meanings
-- than the mineral, the count is too high.
select
    mineral_id,
    year,
    sum(n_records) as records,
    coalesce(sum(n_records) filter (where product_type = 'Patent'), 0) as patents,
    coalesce(sum(n_records) filter (where product_type = 'Technical Report'), 0) as reports,
    sum(n_records) - lag(sum(n_records)) over (partition by mineral_id order by year) as change_in_a_year,
    if(bool_or(is_word_ambiguous), 'the name has other meanings: too many', null) as remark,
    max(last_published_on) as last_published_on,
    string_agg(distinct search_terms, '; ' order by search_terms) as search_terms,
    any_value(source_ids) as source_ids
from marts.rd_activity
group by mineral_id, year
order by year desc, records desc, mineral_id asc
