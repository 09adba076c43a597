"""A server of the small warehouse on a free local port."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import uvicorn

from tests.warehouse.conftest import build, fill, node, publish_small
from warehouse.connect import open_writer
from warehouse.serve.app import Server
from warehouse.serve.run import configured
from warehouse.serve.sandbox import Limits

Get = Callable[..., requests.Response]


@contextmanager
def served(home: Path, *, sql: bool = False, limits: Limits | None = None) -> Iterator[str]:
    """The address of a server that runs until the block ends."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    app = Server(home, sql=sql, limits=limits).app()
    server = uvicorn.Server(configured(app, "127.0.0.1", port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def get(published: Path) -> Iterator[Get]:
    """A client of a server without SQL."""
    with served(published) as address, requests.Session() as session:
        yield lambda path, **options: session.get(address + path, timeout=30, **options)


@pytest.fixture(scope="session")
def with_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose prices and quotes name sources and flags, and whose imports are derived from them.

    Tests must not change it.
    """
    home = tmp_path_factory.mktemp("with-sources")
    fill(home)
    with open_writer(home / "build.duckdb") as con:
        con.execute(
            """
            create or replace table core.fct_price as
            select mineral_id, usd_per_kg, 'usgs_mcs' as source_id, 'thin' as quality_flag
            from core.fct_price;
            create or replace table core.fct_quote as
            select mineral_id, 2.0 as usd, 'lme' as source_id, unnest(['thin', 'old']) as quality_flag
            from core.fct_price;
            create table meta.flag_words as
            select 'quality_flag' as column_name, 'thin' as word, 'Few values.' as meaning;
            create table meta.explain_inputs as
            select 'marts.import_sources' as table_name, 'core.fct_price' as input_table, 'true' as condition;
            """
        )
    made = build()
    added = ("meta.flag_words", "meta.explain_inputs", "core.fct_quote")
    nodes = {f"model.minerals.{name.partition('.')[2]}": node(name) for name in added}
    publish_small(home, replace(made, manifest={**made.manifest, "nodes": made.manifest["nodes"] | nodes}))
    return home
