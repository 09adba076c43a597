"""Run one source against a local server."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from ingest.contracts import SourceModule
from ingest.fetch import FetchOptions
from ingest.http import Http
from ingest.refresh import Folders, SourceOutcome, refresh_source
from tests.ingest.servers import Server

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


def refresh(
    module: SourceModule,
    home: Path,
    server: Server,
    now: datetime = NOW,
    *,
    key: str | None = None,
    patience: float = 1.0,
    **ask: Any,
) -> SourceOutcome:
    """One run of one source, without throttle."""
    folders = Folders(home / "archive", home / "parsed", home / "starter", home / "drop_in")
    with Http(pace=0, patience=patience, secrets=[key] if key else []) as http:
        return refresh_source(module, folders, now, FetchOptions(http, server.url, key, **ask))


def rows(outcome: SourceOutcome, table: str) -> pl.DataFrame:
    """All rows of a table that the outcome serves."""
    return pl.concat([pl.read_parquet(file.path) for file in outcome.tables if file.table == table])
