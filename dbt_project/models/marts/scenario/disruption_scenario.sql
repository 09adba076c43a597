-- A supplier is lost: how much of its deliveries others can replace, and how much they cannot. Only what is
-- printed replaces; how the answer moves with other assumptions stands in disruption_sensitivity.
select
    {{ all_but(['assumption_id', 'assumption_label', 'is_default']) }},
    'USA' as area
from {{ ref('fct_disruption') }}
where is_default
