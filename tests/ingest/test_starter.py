"""The starter: every row satisfies its contract and cites its file; the same files give the same bytes."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import Table, accept
from ingest.starter import compile as starter
from ingest.starter.compile import HERE, ORIGINS, compile_starter, main, module, origins, unnamed

PROVENANCE = {"_archive_id": pl.String, "_partition": pl.String, "_vintage": pl.Date}
FILES = pl.read_csv(HERE / "files.csv", try_parse_dates=True)
PARQUET = sorted(HERE.glob("*.parquet"))


def table_of(path: Path) -> Table:
    (table,) = [table for table in module(path.stem.split("__")[0]).SOURCE.tables if table.name == path.stem]
    return table


@pytest.mark.parametrize("path", PARQUET, ids=lambda path: path.stem)
def test_every_row_meets_its_contract_and_cites_its_file(path: Path) -> None:
    rows = pl.read_parquet(path)
    table = table_of(path)
    assert rows.columns == [*table.columns, *PROVENANCE]
    assert {name: rows.schema[name] for name in PROVENANCE} == PROVENANCE
    assert not rows.is_empty()
    for _, vintage in rows.group_by("_partition", "_archive_id"):
        assert accept(table, vintage.drop(*PROVENANCE)).refused.is_empty()
    cited = rows.select("_archive_id", "_vintage").unique()
    known = FILES.filter(source_id=path.stem.split("__")[0])
    assert cited.join(known, left_on="_archive_id", right_on="archive_id").height == cited.height
    assert (
        cited.join(known, left_on=["_archive_id", "_vintage"], right_on=["archive_id", "vintage"]).height
        == cited.height
    )


def test_every_file_says_what_it_is_and_is_used() -> None:
    assert FILES.null_count().sum_horizontal().item() == 0
    assert FILES["archive_id"].is_unique().all()
    assert FILES["archive_id"].str.contains("^[0-9a-f]{64}$").all()
    assert FILES["url"].str.starts_with("https://").all()
    used = pl.concat(pl.read_parquet(path, columns=["_archive_id"]) for path in PARQUET)
    assert set(used["_archive_id"]) == set(FILES["archive_id"])


def test_the_starter_is_small() -> None:
    assert sum(path.stat().st_size for path in [*PARQUET, HERE / "files.csv"]) < 15_000_000


def test_tariff_lines_come_with_all_their_statistical_lines() -> None:
    """A list of all statistical lines of a line covers all of it, also next to a complete schedule."""
    lines, listed = (
        set(pl.read_parquet(HERE / f"usitc_hts__{table}.parquet")[column])
        for table, column in (("line", "hts_code"), ("chapter99_product", "hts_prefix"))
    )
    assert {"2853909010", "2853909090", "2836995010", "2836995050"} <= lines & listed


def test_it_holds_what_a_first_run_needs() -> None:
    def rows(name: str) -> pl.DataFrame:
        return pl.read_parquet(HERE / f"{name}.parquet")

    assert set(rows("usgs_mcs__salient")["edition"]) == {"2025", "2026"}
    assert rows("usgs_mcs__salient").filter(edition="2026")["commodity"].n_unique() >= 60
    published = rows("usgs_mcs__salient").filter(edition="2026", kind="nir")
    assert published.select("commodity", "statistic").n_unique() == 107
    assert rows("usitc_hts__line")["release"].n_unique() == 9
    assert "2026_rev_10" in rows("usitc_hts__line")["release"]
    assert set(rows("usitc_hts__chapter99_product")["programme"]) >= {"99030177_exempt", "ieepa"}
    assert rows("usitc_hts__line")["hts_code"].str.starts_with("99").any()
    assert set(rows("census_api__imports_annual")["year"]) == {2024, 2025}
    assert rows("usitc_dataweb__usmca_monthly")["period"].n_unique() == 13
    assert rows("worldbank_prices__monthly")["_vintage"].n_unique() == 2
    graphite = rows("cepii_baci__trade").filter(hs6="250410")["year"]
    assert (graphite.min(), graphite.max()) == (1995, 2024)
    trade = rows("comtrade__trade")
    assert set(trade["reporter_code"]) == {842, 124, 484}
    assert set(trade.filter(freq="A")["partner_code"]) == {0}
    assert set(trade.filter(freq="M")["hs_code"]) == {"283691"}
    assert trade.filter(pl.col("net_weight_kg") == 0, pl.col("value_usd") > 0).is_empty()
    assert not list(HERE.glob("bgs*"))


def test_a_newer_download_is_the_newer_vintage_of_a_slice() -> None:
    trade = pl.read_parquet(HERE / "comtrade__trade.parquet")
    cobalt = trade.filter(_partition="A/2023/810520", reporter_code=124, flow="X").sort("_vintage")
    assert cobalt["_vintage"].n_unique() == 2
    assert cobalt["_vintage"].max() == date(2026, 4, 22)
    newest = trade.filter(pl.col("_vintage") == pl.col("_vintage").max().over("_partition"))
    assert (
        newest.select("freq", "period", "reporter_code", "partner_code", "flow", "hs_code").is_unique().all()
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    first = pl.read_csv(ORIGINS, infer_schema=False)["path"][0]
    with pytest.raises(FileNotFoundError, match=first.replace("\\", ".")[:30]):
        next(origins(tmp_path))


@pytest.mark.long
def test_the_same_files_compile_to_the_same_bytes(shared_data: Path, tmp_path: Path) -> None:
    compile_starter(shared_data, tmp_path)
    compiled = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert compiled.keys() == {path.name for path in [*PARQUET, HERE / "files.csv"]}
    stale = [name for name, content in compiled.items() if content != (HERE / name).read_bytes()]
    assert stale == [], "run python -m ingest.starter.compile ../shared/data"


def test_one_source_is_compiled_alone(shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(HERE / "files.csv", tmp_path)
    compile_starter(shared_data, tmp_path, ["usgs_mcs"])
    compiled = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    own = {path.name for path in PARQUET if path.name.startswith("usgs_mcs__")}
    assert compiled.keys() == {*own, "files.csv"}
    assert [name for name, content in compiled.items() if content != (HERE / name).read_bytes()] == []


LINES = """path,source_id,partition,vintage,publisher,edition,url,licence
lists/(?P<list>known|also_known)\\.csv,usgs_mcs,2025,2025-01-31,,A list {list},https://example.org,
other/only\\.csv,boc_fx,2025,2025-01-31,,Another,https://example.org,
"""


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files and an ``origins.csv`` for them."""
    (tmp_path / "origins.csv").write_text(LINES)
    monkeypatch.setattr(starter, "ORIGINS", tmp_path / "origins.csv")
    for name in (
        "lists/known.csv",
        "lists/also_known.csv",
        "lists/new_form.csv",
        "other/only.csv",
        "other/x.csv",
    ):
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a,b\n1,2\n")
    return tmp_path / "files"


def test_a_list_that_no_line_names_is_left_out_and_warned_of(few: Path) -> None:
    assert [origin.path.name for origin in origins(few, ["usgs_mcs"])] == ["also_known.csv", "known.csv"]
    assert unnamed(few) == ["lists/new_form.csv"], (
        "a line that selects one file does not affect its neighbours"
    )


def test_a_file_in_another_form_ends_in_one_sentence(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(few), "--source", "usgs_mcs", "--out", str(few)]) == 1
    warned, error = capsys.readouterr().err.splitlines()
    assert warned == "warning: lists/new_form.csv is left out because no line of origins.csv names it"
    assert error == "error: also_known.csv: it has no header from the Summaries"


def test_an_unknown_source_is_misuse(few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(few), "--source", "usgs"])
    assert stopped.value.code == 2
    assert "origins.csv has no source usgs; it has boc_fx, usgs_mcs" in capsys.readouterr().err
