"""A source of each kind, added to a copy of the project as described in CONTRIBUTING, reaches its core model.

One refresh builds all of them from dropped-in files.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pytest

from tests.conftest import REPOSITORY
from tests.programs import MINERALS

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not MINERALS.exists(), reason="the project is not installed next to this checkout"),
]

MOST_FILES = 7
NOT_COPIED = (".git", ".venv*", ".*cache", "__pycache__", "target", "logs", "out")

MODULE = '''"""{title}, invented for a test. A file is a CSV with a row a line."""

from pathlib import Path

import dataframely as dy
import polars as pl

from ingest.contracts import FileFacts, Frames, Source, Table, about


class Rows(dy.Schema):
    """The lines of a file."""

{schema}


TABLE = Table("{table}", Rows, "one line")
SOURCE = Source(
    id="{source_id}",
    title="{title}",
    publisher="Nobody",
    homepage="https://example.invalid",
    licence="CC0-1.0",
    citation="Nobody (2026)",
    cadence="annual",
    lag_days=30,
    drop_in="a CSV",
    tables=(TABLE,),
)


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read the CSV."""
    return {{TABLE.name: pl.read_csv(path, schema=TABLE.dtypes)}}
'''
YML = """version: 2

sources:
  - name: raw
    database: "{{{{ 'landing' if target.type == 'duckdb' else none }}}}"
    schema: raw
    tables:
      - name: {table}

models:
  - name: {view}
    description: Lines of an invented source.
"""
TEST = '''"""Nothing is tested of a source that exists only in a test."""
'''


@dataclass(frozen=True)
class Kind:
    """An invented source: schema and lines of its file, its staging view, and rows in shared files."""

    source_id: str
    table: str
    view: str
    title: str
    schema: dict[str, str]
    lines: str
    select: str
    joins: dict[str, tuple[str, str]]
    """File, an anchor text in it, and the text to insert before the anchor."""
    asked: str
    found: tuple[object, ...]

    def files(self) -> dict[str, str]:
        """The files that this source adds; `joins` has the files that it changes."""
        schema = "\n".join(f"    {name} = {column}" for name, column in self.schema.items())
        names = {"source_id": self.source_id, "table": self.table, "view": self.view, "title": self.title}
        staging = f"dbt_project/models/staging/{self.source_id}"
        return {
            f"ingest/sources/{self.source_id}.py": MODULE.format(schema=schema, **names),
            f"tests/ingest/sources/test_{self.source_id}.py": TEST,
            f"{staging}/{self.view}.sql": self.select,
            f"{staging}/_{self.source_id}.yml": YML.format(**names),
        }


def _text(description: str) -> str:
    return f'dy.String(primary_key=True, metadata=about("{description}"))'


def _number(description: str, unit: str) -> str:
    return f'dy.Float64(min=0, metadata=about("{description}", "{unit}"))'


_DAY = 'dy.Date(primary_key=True, metadata=about("First day of the month"))'

TRADE = Kind(
    "toy_customs",
    "toy_customs__trade",
    "stg_toy_customs__trade_line",
    "Exports of Chile by month",
    {
        "period": _DAY,
        "hs6": _text("Subheading"),
        "partner": _text("Destination, ISO 3166"),
        "weight_kg": _number("Net weight", "kg"),
    },
    "period,hs6,partner,weight_kg\n2019-03-01,283691,USA,1234.5\n",
    """-- Exports of Chile.
select
    {{ trade_line({
        'source_id': "'toy_customs'", 'reporter_code': "'CHL'", 'partner_code': 'partner', 'flow': "'export'",
        'hs_code': 'hs6', 'nomenclature': "'HS'", 'period': 'period', 'period_type': "'month'",
        'net_weight_kg': 'weight_kg', 'vintage': '_vintage', 'archive_id': '_archive_id',
    }) }}
from {{ current_rows('toy_customs__trade') }}
""",
    {
        "dbt_project/macros/trade_sources.sql": (
            "        {'source_id': 'partner_customs'",
            """{'source_id': 'toy_customs', 'codes': ['iso3'],
            'tables': [('toy_customs__trade', 'period')]},
""",
        )
    },
    "reporter_iso3, partner_iso3, hs_code, net_weight_kg from core.fct_trade",
    ("CHL", "USA", "283691", 1234.5),
)
PRICE = Kind(
    "toy_prices",
    "toy_prices__monthly",
    "stg_toy_prices__monthly",
    "Prices by month",
    {"period": _DAY, "series": _text("Series"), "price": _number("Price", "USD/t")},
    "period,series,price\n2019-03-01,Lithium carbonate,15000\n",
    """-- Prices by month.
select
    period,
    series,
    price,
    _archive_id,
    _vintage as vintage
from {{ current_rows('toy_prices__monthly', cells=['series', 'period']) }}
""",
    {
        "dbt_project/macros/price_sources.sql": (
            "        {'source_id': 'imf_pcps'",
            """{'source_id': 'toy_prices', 'table': 'toy_prices__monthly', 'series': 'series',
            'unit': "'USD/t'", 'price': 'price', 'cells': ['series'], 'reference_order': 9},
""",
        ),
        "dbt_project/seeds/price_series.csv": (
            "worldbank_prices,Aluminum,",
            "toy_prices,Lithium carbonate,toy_lithium,lithium,compound,USD/t,0.001,\n",
        ),
    },
    "mineral_id, usd_per_kg from core.fct_price",
    ("lithium", 15.0),
)
OUTPUT = Kind(
    "toy_output",
    "toy_output__production",
    "stg_toy_output__production_line",
    "Output by country and year",
    {
        "year": 'dy.Int16(primary_key=True, metadata=about("Year"))',
        "product": _text("Product"),
        "country": _text("Country, ISO 3166"),
        "quantity": _number("Output", "t"),
    },
    "year,product,country,quantity\n1999,Toy stone,CAN,77\n",
    """-- Output by country and year.
select
    {{ production_line({
        'source_id': "'toy_output'", 'product': 'product', 'sub_product': "''", 'country': 'country',
        'country_iso3': 'country', 'year': 'year', 'unit': "'metric tons'", 'quantity': 'quantity',
        'quantity_low': 'quantity', 'quantity_high': 'quantity', 'vintage': '_vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ current_rows('toy_output__production') }}
""",
    {
        "dbt_project/macros/production_sources.sql": (
            "        {'source_id': 'bgs_wms'",
            "        {'source_id': 'toy_output', 'preference': 3},\n",
        ),
        "dbt_project/seeds/production_forms.csv": (
            'bgs_wms,"antimony, mine"',
            "toy_output,Toy stone,,niobium,ore_concentrate,true,Invented\n",
        ),
    },
    "mineral_id, country_iso3, year, production_t from core.fct_production",
    ("niobium", "CAN", 1999, 77.0),
)
PROJECTS = Kind(
    "toy_projects",
    "toy_projects__project",
    "stg_toy_projects__facility_line",
    "A list of projects",
    {"project": _text("Name")},
    "project\nToy gallium refinery\n",
    """-- A list of projects.
select
    {{ facility_line({
        'facility_id': "'toy_projects:' || project", 'source_id': "'toy_projects'", 'name': 'project',
        'country_iso3': "'CAN'", 'stage': "'processing'", 'phase': "'permitting'", 'vintage': '_vintage',
        'archive_id': '_archive_id',
    }) }}
from {{ current_rows('toy_projects__project') }}
""",
    {
        "dbt_project/macros/facility_sources.sql": (
            "        {'source_id': 'icmm_sites'",
            "        {'source_id': 'toy_projects', 'titles_in': 'toy_projects__project'},\n",
        )
    },
    "name, country_iso3 from core.dim_facility",
    ("Toy gallium refinery", "CAN"),
)
KINDS = (TRADE, PRICE, OUTPUT, PROJECTS)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a copy of the project with all four sources and one file of each."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(REPOSITORY, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    home = tmp_path_factory.mktemp("home")
    for kind in KINDS:
        for name, text in kind.files().items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text)
        for name, (place, row) in kind.joins.items():
            text = (copy / name).read_text()
            assert text.count(place) == 1, (name, place)
            (copy / name).write_text(text.replace(place, row + place))
        folder = home / "drop_in" / kind.source_id
        folder.mkdir(parents=True)
        (folder / "all.csv").write_text(kind.lines)
    environment = {
        "MINERALS_HOME": str(home),
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(copy),
    }
    page = subprocess.run(
        [sys.executable, "docs/where.py"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert page.returncode == 0, page.stderr
    done = subprocess.run(
        [MINERALS, "refresh", "--offline"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    shutil.copy(copy / "docs" / "where.md", home)
    with duckdb.connect(home / "minerals.duckdb", read_only=True) as con:
        yield con


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.source_id)
def test_a_new_source_reaches_its_fact(published: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    of_it = f"where source_id = '{kind.source_id}'"
    assert published.sql(f"select mode from meta.source_status {of_it}").fetchall() == [("archived",)]
    assert published.sql(f"select {kind.asked} {of_it}").fetchall() == [kind.found]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.source_id)
def test_a_new_source_takes_few_files(kind: Kind) -> None:
    assert len([*kind.files(), *kind.joins, "docs/where.md"]) <= MOST_FILES
