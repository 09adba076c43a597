"""A figure is traced through its inputs to the publishers' files, by data alone."""

import duckdb
import pytest

from warehouse.dictionary import describe
from warehouse.explain import File, explain

MART = ("marts", "import_dependency")
KEY = ["area", "mineral_id", "basis", "year", "edition"]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    warehouse = duckdb.connect()
    warehouse.execute(
        """
        create schema core;
        create schema marts;
        create schema meta;
        create table marts.import_dependency as
        select * from (values
            ('USMCA', 'cobalt', 'usgs', 2024, '2026', 61.5),
            ('USMCA', 'cobalt', 'usgs', 2024, '2025', 63.0),
            ('USA', 'cobalt', 'usgs', 2024, '2026', 76.0),
            ('USMCA', 'tin', 'usgs', 2023, '2026', 70.0)
        ) as t (area, mineral_id, basis, year, edition, net_import_reliance_pct);
        comment on column marts.import_dependency.net_import_reliance_pct is '100 * (M - X + dS) / AC';
        create table core.fct_production as
        select * from (values
            ('cobalt', 'USA', 2024, '2026', 300.0, 'aaa'),
            ('cobalt', 'CAN', 2024, '2026', 4500.0, 'aaa;bbb'),
            ('cobalt', 'COD', 2024, '2026', 220000.0, 'aaa'),
            ('tin', 'USA', 2023, '2026', 0.0, 'ccc')
        ) as t (mineral_id, country_iso3, year, edition, production_t, archive_id);
        create table marts.scorecard as
        select 'USMCA' as area, 'cobalt' as mineral_id, date '2024-01-01' as period;
        create table meta.archive as
        select * from (values
            ('aaa', 'USGS', '2026', 'mcs2026.csv', date '2026-02-01', 'https://a.example', 'public domain'),
            ('aaa', 'USGS', '2026', 'mcs2026.csv', date '2026-03-01', 'https://a.example', 'public domain')
        ) as t (archive_id, publisher, edition, name, vintage, url, licence);
        create table meta.explain_inputs as
        select * from (values
            (
                'marts.import_dependency', 'core.fct_production',
                'input.mineral_id = figure.mineral_id and input.year = figure.year
                and input.edition = figure.edition and (figure.area = input.country_iso3
                or figure.area = ''USMCA'' and input.country_iso3 in (''USA'', ''CAN'', ''MEX''))'
            ),
            (
                'marts.scorecard', 'marts.import_dependency',
                'input.area = figure.area and input.mineral_id = figure.mineral_id'
            )
        ) as t (table_name, input_table, condition);
        """
    )
    describe(warehouse, {MART: KEY, ("marts", "scorecard"): ["area", "mineral_id", "period"]})
    return warehouse


def test_a_figure_ends_at_its_publishers_files(con: duckdb.DuckDBPyConnection) -> None:
    found = explain(con, "import_dependency", ["USMCA", "cobalt", "2024"])
    assert found.key == {"area": "USMCA", "mineral_id": "cobalt", "year": "2024"}
    assert [row["edition"] for row in found.figures] == ["2026", "2025"]
    assert found.formulas == {"net_import_reliance_pct": "100 * (M - X + dS) / AC [percent]"}
    (production,) = found.inputs
    assert [row["country_iso3"] for row in production.rows] == ["CAN", "USA"]
    assert found.files == [
        File("aaa", "USGS", "2026", "mcs2026.csv", "2026-03-01", "https://a.example", "public domain"),
        File("bbb", None, None, None, None, None, None),
    ]


def test_a_figure_made_of_figures_is_followed_to_the_end(con: duckdb.DuckDBPyConnection) -> None:
    found = explain(con, "marts.scorecard", ["usmca", "Cobalt", "2024"])
    assert [(item.table, item.feeds, item.row_count) for item in found.inputs] == [
        ("marts.import_dependency", "marts.scorecard", 2),
        ("core.fct_production", "marts.import_dependency", 2),
    ]
    assert [file.archive_id for file in found.files] == ["aaa", "bbb"]


def test_columns_can_be_named(con: duckdb.DuckDBPyConnection) -> None:
    found = explain(con, "import_dependency", ["edition=2025", "cobalt"])
    assert [row["area"] for row in found.figures] == ["USMCA"]


@pytest.mark.parametrize(
    ("mart", "values", "sentence"),
    [
        ("dependency", [], r"no table dependency in marts or core; did you mean import_dependency\?"),
        (
            "import_dependency",
            ["USMCA", "unobtainium"],
            r"no row for unobtainium; its key is area, mineral_id,",
        ),
        ("import_dependency", ["colour=red"], r"no row for colour=red"),
        ("import_dependency", ["tin", "2024"], r"no row with mineral_id tin and year 2024\."),
        ("import_dependency", ["' or true --"], r"no row for ' or true --"),
    ],
)
def test_a_missing_table_or_key_is_reported(
    con: duckdb.DuckDBPyConnection, mart: str, values: list[str], sentence: str
) -> None:
    with pytest.raises(LookupError, match=sentence):
        explain(con, mart, values)


def test_too_many_figures_ask_for_more_of_the_key(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into marts.import_dependency"
        " select 'USA', 'lead', 'basis' || i, 2024, '2026', 1 from range(60) as t (i)"
    )
    with pytest.raises(LookupError, match=r"60 such rows; give more of its key \(area, mineral_id, basis"):
        explain(con, "import_dependency", ["USA", "lead"])
