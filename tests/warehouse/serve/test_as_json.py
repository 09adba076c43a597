"""Values of DuckDB as JSON."""

import json
from decimal import Decimal

import duckdb

from warehouse.serve.as_json import as_json


def test_values_of_every_kind_are_written() -> None:
    ((*row,),) = duckdb.execute(
        """
        select
            1.25::decimal(9, 2), date '2026-02-01', timestamp '2026-02-01 03:15:00', interval 1 day,
            170141183460469231731687303715884105727::hugeint, 'nan'::double, 'inf'::double, '\\xAB'::blob,
            map {1: 'a'}, map {[1]: 'a'}, timetz '01:02:03+02', {'a': null}, [1, null], 'Ni\u00f1o', true
        """
    ).fetchall()
    read = json.loads(as_json({"row": row, Decimal("1.5"): 1}))
    assert read["1.5"] == 1
    assert read["row"][:3] == [1.25, "2026-02-01", "2026-02-01T03:15:00"]
    assert read["row"][4] == "170141183460469231731687303715884105727"
    assert read["row"][5:8] == [None, None, "ab"]
    assert "01:02:03+02:00" in read["row"]
    assert read["row"][-3:] == [[1, None], "Ni\u00f1o", True]
