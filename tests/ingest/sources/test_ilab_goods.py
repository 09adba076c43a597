"""List of goods made by child or forced labor: reasons, inputs from elsewhere, files of another kind."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources.ilab_goods import GOOD, parse, partition_of

CONGO = "Congo, Democratic Republic of the"


def good(name: str, sector: str, *countries: tuple[str, str, str, str]) -> str:
    """A row of the list; countries are (name, child labor, forced labor, country of the input)."""
    listed = "".join(
        f"<Country><Country_Name>{country}</Country_Name><Country_Region>r</Country_Region>"
        f"<Child_Labor>{child}</Child_Labor><Forced_Labor>{forced}</Forced_Labor>"
        f"<Forced_Child_Labor>No</Forced_Child_Labor>"
        f"<Derived_Labor_Exploitation>{'No' if source == 'No' else 'Yes'}</Derived_Labor_Exploitation>"
        f"<Derived_Country>{source}</Derived_Country></Country>\n"
        for country, child, forced, source in countries
    )
    return (
        f"  <Good>\n    <Good_Name>{name}</Good_Name>\n    <Good_Sector>{sector}</Good_Sector>\n"
        f"    <Countries>{listed}</Countries>\n  </Good>\n"
    )


def whole(*goods: str) -> bytes:
    filling = [good(f"Good {n}", "Agriculture", ("Ghana", "Yes", "No", "No")) for n in range(120)]
    return f"<Goods>\n{''.join([*goods, *filling])}</Goods>\n".encode()


SPECIMENS = {
    FileFacts("goods.xml", "goods", date(2022, 9, 28)): whole(
        good("Tin", "Mining", ("Bolivia", "Yes", "No", "No"))
    )
}


def read(folder: Path, content: bytes) -> pl.DataFrame:
    path = folder / "goods.xml"
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "goods", date(2022, 9, 28)))[GOOD.name]


def test_a_row_is_a_good_and_country_with_its_reasons(tmp_path: Path) -> None:
    content = whole(
        good(
            "Tungsten ore\n (wolframite)",
            "Mining",
            (CONGO, "Yes", "Yes", "No"),
            ("Turkey (Türkiye)", "No", "Yes", "No"),
        ),
        good(
            "Lithium-Ion Batteries",
            "Manufacturing",
            ("China", "No", "No", CONGO),
        ),
    )
    accepted = accept(GOOD, read(tmp_path, content))
    assert accepted.refused.is_empty()
    rows = accepted.rows.filter(pl.col("sector") != "Agriculture").drop("forced_child_labor")
    assert rows.rows() == [
        ("Tungsten ore (wolframite)", "Mining", CONGO, True, True, False, ""),
        ("Tungsten ore (wolframite)", "Mining", "Turkey (Türkiye)", False, True, False, ""),
        (
            "Lithium-Ion Batteries",
            "Manufacturing",
            "China",
            False,
            False,
            True,
            CONGO,
        ),
    ]


def test_a_reason_that_is_neither_yes_nor_no_is_quarantined(tmp_path: Path) -> None:
    refused = accept(
        GOOD, read(tmp_path, whole(good("Tin", "Mining", ("Bolivia", "Perhaps", "No", "No"))))
    ).refused
    assert refused.select("good", "country", "child_labor").rows() == [("Tin", "Bolivia", None)]
    assert "child_labor" in refused["_reason"].item()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not XML", "is not XML"),
        (whole()[:-40], "is not XML"),
        (whole().replace(b"Goods>", b"Items>"), "not the List of Goods"),
        (f"<Goods>{good('Tin', 'Mining')}</Goods>".encode(), "cut short (1 goods)"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + whole(), "document type"),
    ],
)
def test_another_list_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(ParseError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        read(tmp_path, content)


def test_every_file_is_the_whole_list() -> None:
    assert partition_of("2024_list_of_goods.xml") == "goods"


def test_the_publishers_file(shared_data: Path) -> None:
    path = shared_data / "ilab_goods" / "goods_2021.xml"
    accepted = accept(GOOD, parse(path, FileFacts(path.name, "goods", date(2022, 9, 28)))[GOOD.name])
    assert accepted.refused.is_empty()
    assert accepted.rows["good"].n_unique() == 169
    assert accepted.rows.filter(sector="Mining")["good"].n_unique() == 32
    cobalt = accepted.rows.filter(pl.col("good").str.starts_with("Cobalt"))
    assert cobalt.select("country", "child_labor", "forced_labor").rows() == [(CONGO, True, False)]
