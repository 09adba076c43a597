"""Helpers for the peers of several benchmarks."""

import os
from typing import Any

from benchmarks.harness import Facts, Place


def quiet_dlt(place: Place) -> Any:
    """dlt without telemetry, with its state in the scratch folder."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(place.scratch / "dlt")}
    import dlt  # noqa: PLC0415 (lives in the peers' environment)

    return dlt


def landed_by_dlt(place: Place, rows: Any, **options: Any) -> Facts:
    """Run a dlt pipeline into DuckDB, and count the loaded rows."""
    dlt = quiet_dlt(place)
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(place.scratch / "pipelines"),
        destination=dlt.destinations.duckdb(str(place.scratch / "landed.duckdb")),
        dataset_name="raw",
    )
    pipeline.run(rows, **options)
    with pipeline.sql_client() as client:
        return {"rows": client.execute_sql("select count(*) from trade")[0][0]}
