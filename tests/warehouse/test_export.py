"""Exports are read back by libraries other than those that wrote them."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from tests.warehouse.conftest import build, fill, publish_small
from warehouse.connect import connect, open_writer
from warehouse.export import export, harmless

DANGEROUS = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", "\rx"]


@pytest.fixture
def con(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_writer(home / "build.duckdb") as writer:
        writer.execute("alter table meta.archive add column note varchar")
        writer.execute("delete from meta.archive")
        writer.execute("insert into meta.archive (note) select unnest($1)", [DANGEROUS])
        writer.execute("alter table marts.import_sources add column source_ids varchar[]")
        writer.execute("update marts.import_sources set source_ids = ['=usgs', 'census']")
    publish_small(home, build())
    with connect(home / "minerals.duckdb", sealed=False) as reader:
        yield reader


def test_csv_holds_no_formula(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    files = {file.name: file for file in export(con, tmp_path / "out", ["csv"])}
    with files["archive.csv"].open(newline="") as opened:
        cells = [row["note"] for row in csv.DictReader(opened)]
    assert sorted(cells) == sorted(f"'{text}" for text in DANGEROUS)
    with files["import_sources.csv"].open(newline="") as opened:
        first = next(csv.DictReader(opened))
    assert (first["value_usd"], first["source_ids"]) == ("10.0", "'=usgs;census")


def test_only_texts_that_start_like_a_formula_are_touched() -> None:
    safe = ["", "-", "cobalt", "1-2", "a=b", " =x", "'", "5 @ 3", "é", "x\n=1"]
    with duckdb.connect() as memory:
        cells = memory.execute(
            f"select {harmless('cell', 'VARCHAR')} from (select unnest($1::varchar[]) as cell)",
            [safe + DANGEROUS],
        ).fetchall()
    assert [cell for (cell,) in cells] == safe + [f"'{text}" for text in DANGEROUS]


def test_parquet_is_read_by_polars(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    files = {file.name: file for file in export(con, tmp_path / "out", ["parquet"])}
    frame = pl.read_parquet(files["import_sources.parquet"])
    assert frame["supplier_iso3"].to_list() == ["S000000", "S000001", "S000002"]


def test_the_workbook_has_units_notes_and_no_formula(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (path,) = export(con, tmp_path / "out", ["xlsx"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["notes", "import_sources"]
    notes = [[cell.value for cell in row] for row in book["notes"].iter_rows()]
    assert ["import_sources", 3, "area, mineral_id, supplier_iso3", "Where imports come from.", None] in notes
    assert ["usgs_mcs", "starter", "2025-01-31", "public domain", "USGS, MCS 2025"] in notes
    sheet = book["import_sources"]
    units, names, first = ([cell.value for cell in row] for row in sheet.iter_rows(max_row=3))
    assert names == ["area", "mineral_id", "supplier_iso3", "value_usd", "source_ids"]
    assert units[3] == "USD"
    assert first == ["USMCA", "cobalt", "S000000", 10, "=usgs;census"]
    assert sheet["E3"].data_type == "s"
    assert sheet["D2"].comment.text == "Customs value in USD."
    assert sheet.freeze_panes == "A3"


def test_a_table_without_rows_is_exported_too(home: Path, tmp_path: Path) -> None:
    fill(home, rows=0)
    publish_small(home, build())
    with connect(home / "minerals.duckdb", sealed=False) as reader:
        files = list(export(reader, tmp_path / "out"))
    package = json.loads((home / "parquet" / "datapackage.json").read_text())
    assert len(files) == 2 * len(package["resources"]) + 1
    assert openpyxl.load_workbook(files[-1])["import_sources"]["A2"].value == "area"
