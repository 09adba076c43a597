-- Loss of a supplier: how much of its deliveries others can replace, and how much they cannot. Only printed
-- capacity can replace anything; disruption_sensitivity shows the result under other assumptions.
select
    {{ all_but(['assumption_id', 'assumption_label', 'is_default']) }},
    'USA' as area
from {{ ref('fct_disruption') }}
where is_default
