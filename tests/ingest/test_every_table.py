"""A source with a dozen valid rows in each table, or with none, passes its gates, as the engine assumes."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest
from dataframely.random import Generator

from ingest.contracts import FileFacts, Frames, SourceModule, Table
from ingest.fetch import Download, FetchContext, FetchOptions, RemoteFile
from ingest.gates import Gates
from ingest.http import Http, Policy
from ingest.parsed import FEWEST_ROWS_FOR_MEDIAN
from ingest.refresh import Folders, SourceOutcome, refresh_source
from ingest.sources import census_bulk
from orchestration.pipeline.sources import modules

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
ROWS = FEWEST_ROWS_FOR_MEDIAN + 2
MONTHS = [date(2025, month, 1) for month in range(1, ROWS + 1)]
PAST: Mapping[str, Any] = {"period": MONTHS, "year": [2013 + row for row in range(ROWS)]}
OVERRIDES: Mapping[str, Mapping[str, Any]] = {
    "bgs_wms__production": {
        "commodity": ["cobalt, mine"] * ROWS,
        "country": [f"country {row}" for row in range(ROWS)],
        "qualifier": ["="] * ROWS,
    },
    "census_bulk__control": {"published": list(range(ROWS)), "summed": list(range(ROWS))},
    "census_months__imports": {
        "cty_code": ["0000"] * ROWS,
        "unit": ["KG"] * ROWS,
        "quantity_status": ["stated"] * ROWS,
    },
    "icmm_sites__commodity": {"rank": ["other"] * ROWS},
    "icmm_sites__site": {"asset_type": ["Mine"] * ROWS},
    "inegi_eimm__production": {"status": ["final"] * ROWS},
    "nrcan_projects__commodity": {"layer": ["mine"] * ROWS},
    "nrcan_projects__facility": {"layer": ["mine"] * ROWS},
    "partner_customs__trade": {
        "flow": ["import"] * ROWS,
        "nomenclature": ["CN"] * ROWS,
    },
    "usgs_mcs__agreements": {"signed_precision": ["day"] * ROWS, "signed": MONTHS},
    "usgs_mcs__export_controls": {"measure_type": ["ban"] * ROWS, "since_year": [2024] * ROWS},
    "usgs_mcs__scrap": {
        "domestic_pct": [60.0] * ROWS,
        "imported_pct": [15.0] * ROWS,
        "exported_pct": [25.0] * ROWS,
    },
    "usgs_mcs__salient": {"kind": ["production"] * ROWS, "qualifier": ["="] * ROWS},
    "usgs_outlook__capacity": {
        "measure": ["capacity"] * ROWS,
        "plants": ["all"] * ROWS,
        "qualifier": ["="] * ROWS,
    },
    "usgs_mcs__world": {"measure": ["production"] * ROWS, "qualifier": ["="] * ROWS},
}
"""Columns whose rule is code, for which no values can be generated from the schema."""


def sampled(table: Table, rows: int = ROWS) -> pl.DataFrame:
    """Rows that satisfy the table's contract, for periods that have begun."""
    past = {name: values for name, values in PAST.items() if name in table.columns}
    whole: pl.DataFrame = table.schema.sample(
        ROWS, overrides=(past | OVERRIDES.get(table.name, {})) or None, generator=Generator(seed=7)
    )
    return whole.head(rows)


def content(gates: Gates, name: str) -> bytes:
    """The shortest content that passes the byte gates, different for each name."""
    if gates.kind == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as zipped:
            for member in gates.members:
                zipped.writestr(f"a{member}", name)
        return buffer.getvalue()
    return f'["{name}"]'.encode() if gates.kind == "json" else f"a,b\n{name},1\n".encode()


def made(module: SourceModule, partitions: tuple[str, ...], rows: int = ROWS) -> SourceModule:
    """The source with its tables and gates, and files with sampled rows of every table."""
    gates = getattr(module, "GATES", Gates("csv"))
    eased = replace(gates, min_rows={}, max_age_days=None, min_bytes=1)
    frames = {table.name: sampled(table, rows) for table in module.SOURCE.tables}

    def plan(_context: FetchContext) -> Iterator[RemoteFile]:
        return (RemoteFile(partition, f"{partition}.file", "http://127.0.0.1/") for partition in partitions)

    def fetch(context: FetchContext, part: RemoteFile) -> Download:
        path = context.archive.incoming(context.source_id) / part.name
        path.write_bytes(content(eased, f"{part.name} {rows}"))
        return Download(path, part, context.now.date(), ())

    def parse(_path: Path, _facts: FileFacts) -> Frames:
        return frames

    return cast(
        "SourceModule",
        SimpleNamespace(
            SOURCE=module.SOURCE, POLICY=Policy(), GATES=eased, plan=plan, fetch=fetch, parse=parse
        ),
    )


@pytest.mark.parametrize("source_id", sorted(modules()))
def test_a_dozen_rows_in_every_table_pass_the_gates(tmp_path: Path, source_id: str) -> None:
    module = modules()[source_id]
    run = partial(refresh, Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path / "none"))
    outcome = run(made(module, ("imports-2024", "imports-2025")))
    assert outcome.problems == ()
    assert len(outcome.records) == 2
    tables = {table.name for table in module.SOURCE.tables}
    assert {file.table for file in outcome.tables if file.rows == ROWS} == tables
    assert all(file.refused_rows == 0 for file in outcome.tables)


@pytest.mark.parametrize("source_id", sorted(modules()))
def test_tables_without_a_row_break_nothing(tmp_path: Path, source_id: str) -> None:
    module = modules()[source_id]
    run = partial(refresh, Folders(tmp_path / "archive", tmp_path / "parsed", tmp_path / "none"))
    outcome = run(made(module, ("imports-2024", "imports-2025"), rows=0))
    assert outcome.problems == ()
    assert {file.rows for file in outcome.tables} == {0}
    assert outcome.newest_period is None
    filled = run(made(module, ("imports-2026",)))
    assert filled.problems == ()


def refresh(folders: Folders, module: SourceModule) -> SourceOutcome:
    with Http(pace=0) as http:
        return refresh_source(module, folders, NOW, FetchOptions(http, "http://127.0.0.1/"))


def test_there_is_a_table_without_numbers() -> None:
    """Without such a table, the two tests above would prove nothing."""
    assert sampled(census_bulk.CONCORDANCE).select(pl.selectors.numeric()).width == 0
