-- Whether this warehouse agrees with what its sources publish. One row per check, mineral and year.
{%- set checks = [
    'reconciliation_net_import_reliance', 'reconciliation_apparent_consumption', 'reconciliation_world_total',
    'reconciliation_world_total_bgs', 'reconciliation_census_control', 'reconciliation_price', 'reconciliation_area',
] %}
{%- set columns = [
    'check_id', 'mineral_id', 'year', 'subject', 'edition', 'unit', 'computed', 'published', 'published_qualifier',
    'difference', 'tolerance', 'passed', 'reason_code', 'note', 'source_ids',
] %}
{% for check in checks %}
    select {{ columns | join(', ') }}
    from {{ ref(check) }}
    {{ 'union all' if not loop.last }}
{%- endfor %}
