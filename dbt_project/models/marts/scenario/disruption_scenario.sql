-- A supplier is lost: how much of what it gave others can make good, and what is left. Only what is printed
-- replaces; how the answer moves with other assumptions stands in disruption_sensitivity.
select
    {{ all_but(['assumption_id', 'assumption_label', 'is_default']) }},
    'USA' as area
from {{ ref('fct_disruption') }}
where is_default
