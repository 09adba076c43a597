-- One row per source and period in core.fct_trade: the fingerprint of its inputs. The
-- next run rebuilds periods whose fingerprint differs (macro `drop_outdated`).
-- depends_on: {{ ref('fct_trade') }}
select
    source_id,
    period,
    fingerprint
from {{ ref('stg_trade__input') }}
