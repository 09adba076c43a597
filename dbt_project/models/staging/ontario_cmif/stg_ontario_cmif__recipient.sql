-- Projects for which Ontario's Critical Minerals Innovation Fund approved money; a file states all of them.
select
    intake,
    recipient,
    project,
    amount_cad,
    _archive_id,
    _vintage as vintage
from {{ current_rows('ontario_cmif__recipient') }}
