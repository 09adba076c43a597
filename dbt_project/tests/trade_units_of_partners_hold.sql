{{ config(severity='warn') }}
-- Statements of partners in another unit than the period before: set apart, out of weights and asymmetries.
select *
from {{ ref('fct_trade_unit_jump') }}
where not feeds_figures
