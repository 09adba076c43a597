"""DuckDB 1.4, with its HTTP extension from PyPI, attaches the served database and scans its tables."""

import subprocess
import venv
from pathlib import Path

import pytest
import requests

from tests.warehouse.serve.conftest import served
from warehouse.connect import connect

CLIENT = "duckdb==1.4.4", "duckdb-ext-httpfs==1.4.4.20260205"
READ = """
import duckdb, pathlib, sys
address, build = sys.argv[1:]
con = duckdb.connect()
extension = next(pathlib.Path(sys.prefix).rglob(f"v{duckdb.__version__}/*/httpfs.duckdb_extension"))
con.execute(f"load '{extension}'")
con.execute(f"attach '{address}/files/{build}/minerals.duckdb' as minerals (read_only)")
rows = con.execute("select count(*), sum(value_usd) from minerals.marts.import_sources").fetchall()
assert rows == con.execute(
    f"select count(*), sum(value_usd) from '{address}/files/parquet/marts/import_sources.parquet'"
).fetchall()
print(rows[0][0], con.execute("select count(comment) from duckdb_tables()").fetchall()[0][0])
"""


@pytest.mark.long
def test_a_client_attaches_the_database_by_its_address(published: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "old", with_pip=True)
    python = tmp_path / "old" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", *CLIENT]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("DuckDB 1.4 or its extension for HTTP cannot be installed here")
    with served(published) as address:
        build = requests.get(f"{address}/healthz", timeout=30).json()["build_id"]
        read = subprocess.run(
            [python, "-c", READ, address, build], capture_output=True, text=True, check=False
        )
    assert read.returncode == 0, read.stderr
    with connect(published / "minerals.duckdb") as con:
        ((rows,),) = con.execute("select count(*) from marts.import_sources").fetchall()
    assert read.stdout.split() == [str(rows), "5"]
