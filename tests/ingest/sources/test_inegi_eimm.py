"""Mexican mineral output: months, units, letters for withheld figures, damaged files."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.inegi_eimm import PRODUCTION, parse
from ingest.starter.compile import HERE

HEADER = "COVERAGE,YEAR,MONTH,DATE,PRODUCT_GROUP,PRODUCT,MEASUREMENT_UNIT,VOLUME,VALUE,INDEX,STATUS"


def line(
    product: str = "Fluorite", month: str = "January,01/01/2023", volume: str = "83829", status: str = "Final"
) -> str:
    return (
        f"National,2023,{month},Non-Metallic Minerals,{product},Tons,{volume},500458.7,83.1,{status} Figures."
    )


def table(*lines: str) -> bytes:
    filling = [line(f"Product {n}", "December,01/12/2023") for n in range(30)]
    return "\r\n".join([HEADER, *lines, *filling, ""]).encode()


SPECIMENS = {
    FileFacts("eimm.csv", "monthly", date(2026, 2, 6)): table(line(), line(month="December,01/12/2023"))
}


def read(path: Path, content: bytes) -> pl.DataFrame:
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "monthly", date(2024, 3, 1)))[PRODUCTION.name]


def test_a_line_is_the_month_of_a_product(tmp_path: Path) -> None:
    frame = read(
        tmp_path / "f.csv",
        table(line(), line(month="December,01/12/2023", volume="C", status="Preliminary")),
    )
    assert accept(PRODUCTION, frame).refused.is_empty()
    assert frame.filter(product="Fluorite").select(
        "period", "unit", "volume", "value_kmxn", "status"
    ).rows() == [
        (date(2023, 1, 1), "Tons", 83_829, 500_458.7, "final"),
        (date(2023, 12, 1), "Tons", None, 500_458.7, "preliminary"),
    ]


def test_states_are_left_out(tmp_path: Path) -> None:
    frame = read(tmp_path / "f.csv", table(line("Gold").replace("National", "Sonora")))
    assert "Gold" not in frame["product"].to_list()


def test_a_product_whose_figures_ended_earlier_leaves_the_others(tmp_path: Path) -> None:
    frame = read(tmp_path / "f.csv", table(line("Coke", "October,01/10/2023"), line("Zinc")))
    ended = frame.filter(pl.col("product").is_in(["Coke", "Zinc"])).select("product", "period")
    assert ended.rows() == [("Coke", date(2023, 10, 1)), ("Zinc", date(2023, 1, 1))]
    assert frame["product"].n_unique() == 32


@pytest.mark.parametrize("month", ["January,01/02/2023", "January,31/31/2023", "Enero,01/01/2023"])
def test_a_month_that_is_not_one_is_refused_row_by_row(tmp_path: Path, month: str) -> None:
    content = table(line(month=month), line(month="December,01/12/2023"))
    accepted = accept(PRODUCTION, read(tmp_path / "f.csv", content))
    assert accepted.refused.select("product", "_reason").rows() == [("Fluorite", "period|nullability")]


def test_a_month_stated_twice_is_refused_row_by_row(tmp_path: Path) -> None:
    twice = line(month="December,01/12/2023")
    accepted = accept(PRODUCTION, read(tmp_path / "f.csv", table(twice, twice)))
    assert accepted.refused["_reason"].unique().to_list() == ["primary_key"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (table()[:-2], "cut short"),
        (table()[:-22] + b"\r\n", "has 9 fields, the header 11"),
        (table().replace(b"VOLUME,VALUE", b"VALUE"), "not the columns|fields"),
        (table().replace(b"COVERAGE", b"AREA"), "not the columns"),
        (f"{HEADER}\n{line()}\n".encode(), "only 1 products"),
        (table(line(month="November,01/11/2023")), "no Fluorite in 2023-12"),
        (table() + line().encode() + b"\r\n", "no Fluorite in 2023-12"),
        (table(line(volume="8E2"), line(month="December,01/12/2023")), "'8E2' was found"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message) as refusal:
        read(tmp_path / "eimm.csv", content)
    assert "eimm.csv" in str(refusal.value)


@pytest.fixture(scope="module")
def published() -> pl.DataFrame:
    """The whole file as the starter keeps it."""
    kept = pl.read_parquet(HERE / f"{PRODUCTION.name}.parquet", columns=PRODUCTION.columns)
    accepted = accept(PRODUCTION, kept)
    assert accepted.refused.is_empty()
    return accepted.rows


def test_the_real_file_agrees_with_the_starter(shared_data: Path, published: pl.DataFrame) -> None:
    path = shared_data / "inegi_eimm" / "Minerometallurgical_production_by_main_products.csv"
    parsed = parse(path, FileFacts(path.name, "monthly", date(2024, 3, 1)))[PRODUCTION.name]
    keys = ["product", "period", "unit"]
    assert accept(PRODUCTION, parsed).rows.sort(keys).equals(published.sort(keys))


def test_the_whole_file(published: pl.DataFrame) -> None:
    assert published.height == 8_724
    assert published["product"].n_unique() == 32
    assert published.filter(status="preliminary")["period"].dt.year().unique().to_list() == [2023]


@pytest.mark.parametrize(
    ("product", "year", "unit", "volume"),
    [
        ("Fluorite", 2022, "Tons", 1_000_626),
        ("Fluorite", 2023, "Tons", 988_972),
        ("Copper", 2022, "Tons", 486_076),
    ],
)
def test_output_of_a_year(published: pl.DataFrame, product: str, year: int, unit: str, volume: float) -> None:
    months = published.filter((pl.col("product") == product) & (pl.col("period").dt.year() == year))
    assert months["unit"].unique().to_list() == [unit]
    assert months["volume"].sum() == pytest.approx(volume, abs=1)
