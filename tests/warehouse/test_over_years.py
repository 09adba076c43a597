"""Series over years: one row a year, of one basis as far as it goes, compared with the marts."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.answers import Reply, reply
from warehouse.sheet import Subject, read_over_years, read_sheet


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


def _subject(con: duckdb.DuckDBPyConnection, name: str, mineral: str, supplier: str = "CHN") -> Subject:
    [found] = [one for one in read_over_years(con, mineral, supplier).subjects if one.name == name]
    return found


def _rows(subject: Subject) -> list[dict[str, object]]:
    return [dict(zip(subject.columns, row, strict=True)) for row in subject.rows]


def test_the_share_of_a_supplier_has_a_row_a_year(con: duckdb.DuckDBPyConnection) -> None:
    rows = [row for row in _rows(_subject(con, "supplier", "graphite")) if row["basis"] == "baci"]
    expected = dict(
        con.execute(
            """
            select year(period), value_share
            from marts.import_sources
            where
                area = 'USA'
                and mineral_id = 'graphite_natural'
                and stage = 'ore_concentrate'
                and basis = 'baci'
                and supplier_iso3 = 'CHN'
            """
        ).fetchall()
    )
    assert len(expected) >= 2
    assert {row["year"]: row["supplier_share"] for row in rows} == pytest.approx(expected)


def test_a_year_has_one_basis_and_customs_only_continue(con: duckdb.DuckDBPyConnection) -> None:
    for mineral in ("graphite", "cobalt", "antimony"):
        rows = _rows(_subject(con, "supplier", mineral))
        last = {row["stage"]: 0 for row in rows}
        for row in rows:
            if row["basis"] == "baci":
                last[row["stage"]] = max(last[row["stage"]], int(str(row["year"])))
        for row in rows:
            assert row["basis"] == "baci" or int(str(row["year"])) > last[row["stage"]]


def test_a_supplier_without_shipments_has_no_share_and_not_another_supplier(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = _rows(_subject(con, "supplier", "graphite", "BOL"))
    assert rows
    assert {row["supplier"] for row in rows} == {"Bolivia"}
    assert all(row["supplier_share"] == 0 or row["supplier_share"] is None for row in rows)


def test_reliance_output_and_prices_have_years(con: duckdb.DuckDBPyConnection) -> None:
    for name in ("dependency", "production", "prices"):
        years = [row["year"] for row in _rows(_subject(con, name, "cobalt"))]
        assert len(set(years)) >= 2, name


def test_a_bound_that_usgs_prints_is_shown_as_printed(con: duckdb.DuckDBPyConnection) -> None:
    printed = con.execute(
        "select mineral_id, year, published_nir_qualifier, published_nir_low_pct, published_nir_high_pct"
        " from marts.import_dependency where area = 'USA' and is_headline"
        " and published_nir_qualifier in ('<', '>') and nir_low_pct is not null"
        " qualify row_number() over (partition by mineral_id, year order by edition desc, basis) = 1"
        " order by mineral_id, year desc"
    ).fetchall()
    assert {sign for _, _, sign, *_ in printed} == {"<", ">"}
    mineral_id, year, sign, low, _ = next(row for row in printed if row[2] == ">")
    rows = _rows(_subject(con, "dependency", mineral_id))
    [shown] = [row for row in rows if row["area"] == "United States" and row["year"] == year]
    assert shown["as_usgs_prints_it"] == f">{low:.0f} %"
    [own, *_] = read_sheet(con, mineral_id, year).subjects[0].rows
    assert f"{sign}{low:.0f} %" in own


def test_words_with_years_give_the_series_of_the_supplier(con: duckdb.DuckDBPyConnection) -> None:
    found = reply(con, "China's share of US graphite imports since 2015")
    assert isinstance(found, Reply)
    rows = _rows(found.tables[0])
    assert {row["supplier"] for row in rows} == {"China"}
    assert min(int(str(row["year"])) for row in rows) == 2015
    assert any("--over-years" in note for note in found.notes)
