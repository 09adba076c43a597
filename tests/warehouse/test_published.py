"""The warehouse of the starter's real figures: README queries, macros, explanations, exports, old clients."""

import json
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from tests.warehouse.conftest import BUILD_ID
from warehouse import sqlmacros, workbook
from warehouse.book import questions
from warehouse.connect import connect
from warehouse.explain import explain
from warehouse.export import WORKBOOK, export
from warehouse.publications import FILE
from warehouse.sheet import data_to, read_sheet, read_subjects
from warehouse.workbook import write_mineral

REPOSITORY = Path(__file__).parents[2]
STARTER = REPOSITORY / "ingest" / "starter"
README_QUERIES = re.findall(
    r"```sql\n(.+?)```", (REPOSITORY / "warehouse" / "README.md").read_text(), re.DOTALL
)
MACROS = sorted(sqlmacros.FOLDER.glob("*.sql"))
QUERY_BOOK = sorted((REPOSITORY / "warehouse" / "queries").glob("*.sql"))
EMPTY_OFFLINE = {
    "10_reroute_suspects": "no months of the controlled codes by partner are in the starter",
    "11_antimony_by_hubs": "no months of the controlled codes by partner are in the starter",
    "41_permits_ahead": "the Permitting Dashboard is fetched, and not in the starter",
    "43_research": "records of research are fetched, and not in the starter",
}
"""Queries without an answer offline, with the reason."""


@pytest.fixture(scope="module")
def home(published_starter: Path) -> Path:
    return published_starter


@pytest.fixture(scope="module")
def con(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(home / FILE) as reader:
        yield reader


def example(macro: Path) -> str:
    """The example in the comment of the macro."""
    found = re.search(r"^-- Example: (.+);$", macro.read_text(), re.MULTILINE)
    assert found, f"{macro.name} has no example"
    return found[1]


@pytest.mark.parametrize("query", README_QUERIES, ids=[query.split("\n")[0][:40] for query in README_QUERIES])
def test_the_first_queries_of_the_readme_answer(con: duckdb.DuckDBPyConnection, query: str) -> None:
    assert con.execute(query).fetchall()


def test_the_charts_of_the_readme_are_drawn_as_printed(home: Path, tmp_path: Path) -> None:
    readme = (REPOSITORY / "warehouse" / "README.md").read_text()
    [code] = [block for block in re.findall(r"```python\n(.+?)```", readme, re.DOTALL) if "altair" in block]
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "data").symlink_to(home)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    for name, shown in (("reliance.svg", "gallium"), ("nickel.svg", "Nickel, USD/kg")):
        drawn = (tmp_path / name).read_text()
        assert drawn.startswith("<svg")
        assert shown in drawn


def test_the_readme_has_ten_queries() -> None:
    assert len(README_QUERIES) == 10


@pytest.mark.parametrize("macro", MACROS, ids=[macro.stem for macro in MACROS])
def test_every_macro_answers_the_example_in_its_description(
    con: duckdb.DuckDBPyConnection, macro: Path
) -> None:
    assert con.execute(example(macro)).fetchall()
    ((comment,),) = con.execute(
        "select comment from duckdb_functions() where function_name = $1 and not internal", [macro.stem]
    ).fetchall()
    assert re.search(rf"Example: (from|select) {macro.stem}\(", comment)


def test_no_macro_uses_if_which_older_clients_do_not_know_as_a_function(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """DuckDB 2.0 stores `if(...)` as a function, and 1.x reads it as one only from the text of a query."""
    definitions = dict(
        con.execute(
            "select function_name, macro_definition from duckdb_functions() where not internal"
        ).fetchall()
    )
    assert len(definitions) >= len(MACROS)
    assert [name for name, sql in definitions.items() if '"if"(' in sql or "if(" in sql] == []


def test_a_floor_needs_the_basis_of_the_lines(con: duckdb.DuckDBPyConnection) -> None:
    """A price of oxide is not a price per kg of metal, and without lines at a stage there is no floor."""
    refused = "has a price of compound per Nd. Known are: .*compound per REO, compound per product"
    with pytest.raises(duckdb.InvalidInputException, match=refused):
        con.execute("from price_floor('rare_earths', 110, 'compound', 'Nd')").fetchall()
    with pytest.raises(duckdb.InvalidInputException, match="No tariff line is that mineral alone"):
        con.execute("from price_floor('scandium', 1, 'refined_metal', 'product')").fetchall()


def test_a_floor_has_totals_and_names_the_lines_not_compared(con: duckdb.DuckDBPyConnection) -> None:
    totals = con.execute(
        """
        select border_adjustment_usd, coverage
        from price_floor('gallium', 600, 'refined_metal', 'product')
        where period_type = 'total'
        """
    ).fetchall()
    assert totals
    assert all("without a weight is not judged" in reason for _, reason in totals)
    for charged, reason in totals:
        assert (charged is None) == reason.startswith("total of 0 periods with weights")
    of_lines, of_totals = con.execute(
        """
        select
            sum(border_adjustment_usd) filter (period_type != 'total'),
            sum(border_adjustment_usd) filter (period_type = 'total')
        from price_floor('lithium', 60, 'compound', 'Li')
        """
    ).fetchall()[0]
    assert of_totals == pytest.approx(of_lines, rel=1e-6)
    assert of_totals > 0


def test_reliance_comes_with_the_row_to_quote_first(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("select is_recommended, basis, edition from nir('USA', 'nickel', 2024)").fetchall()
    assert [first for first, *_ in rows].count(True) == 1
    assert rows[0] == (True, "primary_and_scrap", max(edition for *_, edition in rows))


def test_of_several_prices_and_editions_one_is_to_be_quoted(con: duckdb.DuckDBPyConnection) -> None:
    quoted = con.execute(
        """
        select mineral_id, stage, count(*) filter (where is_recommended), count(*)
        from marts.price_to_quote group by all
        """
    ).fetchall()
    assert {count for *_, count, _ in quoted} == {0, 1}
    assert {(mineral, stage) for mineral, stage, count, _ in quoted if not count} == {
        ("phosphate", "compound"),  # two fertilizers, neither of which represents the stage
        ("rare_earths", "compound"),  # NdPr oxide, which is not the group of rare earths
    }
    assert sum(series > 1 for *_, series in quoted) >= 10
    assert con.execute(
        "select series_id from marts.price_to_quote where mineral_id = 'nickel' and is_recommended"
    ).fetchall() == [("wb_nickel",)]
    assert con.execute(
        """
        select max(editions) from (
            select count(distinct edition) as editions
            from marts.world_production where is_recommended group by mineral_id, stage, year
        )
        """
    ).fetchall() == [(1,)]


def test_the_next_supplier_is_named_with_and_without_adversaries(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(
        """
        select next_supplier_iso3, next_with_feoc_iso3, is_next_feoc
        from world_output_without('CHN')
        where mineral_id = 'gallium' and is_stage_of_us_reliance
        """
    ).fetchall() == [("JPN", "RUS", True)]


def test_suppliers_are_given_for_a_year_or_a_day(con: duckdb.DuckDBPyConnection) -> None:
    by_year = con.execute("from top_suppliers('USA', 'fluorspar', 2024, 3)").fetchall()
    assert {"usgs_four_years", "customs_value"} <= {row[1] for row in by_year}
    assert by_year == con.execute("from top_suppliers('USA', 'fluorspar', date '2024-03-01', 3)").fetchall()


def test_a_bloc_of_ones_own_has_output_at_a_named_stage(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select production_share, production_stage from bloc(['USA', 'CAN', 'MEX']) where stage = 'all_forms'"
    ).fetchall()
    named = [(share, stage) for share, stage in rows if stage is not None]
    # a mineral without a world table, such as germanium, has neither
    assert len(named) > len(rows) / 2
    assert all(stage is not None for share, stage in rows if share is not None)
    assert {stage for _, stage in named} >= {"ore_concentrate", "refined_metal"}


@pytest.mark.parametrize("query", QUERY_BOOK, ids=[query.stem for query in QUERY_BOOK])
def test_the_query_book_answers(con: duckdb.DuckDBPyConnection, query: Path) -> None:
    text = query.read_text()
    assert re.match(r"-- .+\?\n", text), f"{query.name} does not begin with its question"
    assert len(duckdb.extract_statements(text)) == 1
    assert con.execute(text).fetchall() or query.stem in EMPTY_OFFLINE


@pytest.mark.parametrize("called", ["gallium", "Galio", "Ga", "GALLIUM", " gallium "])
def test_a_mineral_is_found_by_any_of_its_names(con: duckdb.DuckDBPyConnection, called: str) -> None:
    assert con.execute("select mineral_called($1)", [called]).fetchall() == [("gallium",)]


@pytest.mark.parametrize(
    ("sql", "refused"),
    [
        (
            "from nir('USMCA', 'cobaltt', 2024)",
            "No mineral is called cobaltt; the nearest names are of cobalt",
        ),
        ("from nir('NAM', 'cobalt', 2024)", "No area is called NAM; .*NAM is Namibia"),
        ("from duty_on('8507.60.00', 'Atlantis', date '2026-05-01')", "No country is called Atlantis"),
    ],
)
def test_an_unknown_name_is_refused(con: duckdb.DuckDBPyConnection, sql: str, refused: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=refused):
        con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select note from nir('MEX', 'antimony', 2024)", "not published"),
        (
            "select coverage from top_suppliers('CAN', 'scandium', 2024, 3)",
            "no trade code of its own|not held",
        ),
        ("select note from duty_on('0101.21.00', 'CHN', date '2026-05-01')", "the schedule held has no line"),
        ("select coverage from disruption('NZL', 'gallium', 90)", "no US imports of it"),
    ],
)
def test_an_empty_answer_states_its_reason(con: duckdb.DuckDBPyConnection, sql: str, why: str) -> None:
    ((reason,),) = con.execute(sql).fetchall()
    assert re.search(why, reason)


def test_a_duty_is_known_to_a_day(con: duckdb.DuckDBPyConnection) -> None:
    columns = "rate_status, total_ad_valorem_pct, last_known_total_pct, known_through"
    known = date(2026, 6, 8)
    asked = f"select {columns} from duty_on('8507.60.00', $1, $2)"
    assert con.execute(asked, ["CHN", known]).fetchall() == [("known", 28.4, None, known)]
    assert con.execute(asked, ["China", date(2026, 7, 1)]).fetchall() == [
        ("not_known_after", None, 28.4, known)
    ]
    # section 122 ended on 23 July 2026
    asked = "select last_known_total_pct from duty_on('2804.69.10', 'CHN', $1)"
    assert [con.execute(asked, [date(2026, 7, day)]).fetchone() for day in (23, 24)] == [
        (pytest.approx(15.3),),
        (pytest.approx(5.3),),
    ]


def test_a_duty_by_name_is_that_of_its_lines(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batteries from China in May 2026 and a year earlier, and as the macro states them."""
    monkeypatch.setenv("MINERALS_HOME", str(home))
    command = ["duty", "batteries", "--from", "china", "--day", "2026-05-01", "--format", "json"]
    lines = {row["hts8"]: row for row in json.loads(CliRunner().invoke(app, command).output)}
    with connect(home / FILE) as con:
        for day, column in (("2026-05-01", "duty_pct"), ("2025-05-01", "a_year_before_pct")):
            ((stated,),) = con.execute(
                "select coalesce(total_ad_valorem_pct, last_known_total_pct)"
                " from duty_on('85076000', 'CHN', $1)",
                [day],
            ).fetchall()
            assert lines["85076000"][column] == stated
    assert lines["85076000"]["duty_pct"] == 28.4
    assert lines["85076000"]["status"] == "known"


def test_days_without_a_supplier_are_a_part_of_the_year(con: duckdb.DuckDBPyConnection) -> None:
    ((lost_t, share, used_t),) = con.execute(
        "select not_delivered_t, lost_share, imported_in_that_time_t from disruption('CAN', 'potash', 90)"
    ).fetchall()
    assert lost_t == pytest.approx(share * used_t)
    assert used_t * 365 / 90 == pytest.approx(5_600_000)


def test_a_mineral_is_one_workbook(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """It has typed cells, a unit above each number, and source, licence and file of every row."""
    path = write_mineral(con, "cobalto", tmp_path)
    assert path.name == "cobalt.xlsx"
    book = openpyxl.load_workbook(path)
    assert {
        "notes",
        "summary",
        "import_dependency",
        "import_sources",
        "tariff_schedule",
        "policy_calendar",
    } <= {*book.sheetnames}
    notes = {row[0]: row for row in book["notes"].iter_rows(values_only=True) if row[0]}
    assert notes["usgs_mcs"][3] == "US federal government work, public domain (CC0)"
    assert notes["usgs_mcs"][4].startswith("U.S. Geological Survey")
    archive_ids = set()
    for sheet in book.worksheets[2:]:
        units, names, *rows = sheet.iter_rows(values_only=True)
        assert len(rows) == notes[sheet.title][1]
        of = {name: place for place, name in enumerate(names)}
        assert all("cobalt" in row[of["mineral_id"]] for row in rows if "mineral_id" in of)
        assert all(isinstance(row[of["year"]], int) for row in rows if "year" in of)
        assert units.count("USD") == sum(name.endswith("_usd") for name in names)
        archive_ids |= {row[of["archive_id"]] for row in rows if "archive_id" in of and row[of["archive_id"]]}
    files = {row[4] for row in book["notes"].iter_rows(values_only=True)}
    assert archive_ids <= files
    shares = book["import_sources"]
    first = dict(zip([cell.value for cell in shares[2]], shares[3], strict=True))
    assert first["period"].is_date
    assert first["value_share"].number_format == "0.000"
    assert any("How much comes from outside" in str(cell.value) for cell in book["summary"]["A"])


def test_every_critical_mineral_has_a_sheet(con: duckdb.DuckDBPyConnection) -> None:
    ids = con.execute("select mineral_id from core.dim_mineral where is_critical order by 1").fetchall()
    assert len(ids) == 60
    for mineral_id, read in read_subjects(con, [mineral_id for (mineral_id,) in ids]).items():
        subjects = {subject.name: subject for subject in read}
        assert len(subjects["dependency"].rows) == 4, "the three and North America are always listed"
        is_empty = not (subjects["suppliers"].rows or subjects["producers"].rows)
        assert subjects["not_known"].rows or not is_empty, f"{mineral_id} is empty and does not say why"


def test_a_sheet_has_the_controls_that_only_usgs_lists(con: duckdb.DuckDBPyConnection) -> None:
    (licence,) = read_sheet(con, "magnesium").as_dict()["measures"]
    assert licence["title"] == "export licence; magnesium materials, 2024"
    assert (licence["by_country"], licence["last_known"]) == ("China", "in force")
    assert (licence["status"], licence["known_through"]) == ("not known after", date(2026, 1, 1))


def test_a_sheet_quotes_no_reliance_with_uninformative_bounds(con: duckdb.DuckDBPyConnection) -> None:
    shown = {
        row["area"]: row["net_import_reliance"] for row in read_sheet(con, "titanium").as_dict()["dependency"]
    }
    assert shown["Canada"] == "not determined"
    assert shown["United States"] == "100 %"


def test_a_sheet_states_the_duty_from_china_where_china_is_no_large_supplier(
    con: duckdb.DuckDBPyConnection,
) -> None:
    duties = {row["origin"]: row["ad_valorem"] for row in read_sheet(con, "gallium").as_dict()["duties"]}
    assert list(duties)[-1] == "China"
    assert duties["China"] == "25.0 to 50.0 %"


def test_sheets_read_together_are_those_read_alone(con: duckdb.DuckDBPyConnection) -> None:
    ids = [one for (one,) in con.execute("select mineral_id from core.dim_mineral order by 1").fetchall()]
    together = read_subjects(con, ids)
    assert list(together) == ids
    for mineral_id in ("copper", "graphite_natural", "platinum_group", "rare_earths"):
        assert together[mineral_id] == read_sheet(con, mineral_id).subjects


def test_the_age_of_the_figures_is_one_line(con: duckdb.DuckDBPyConnection) -> None:
    assert re.fullmatch(
        r"Data to: US trade \d{4}-\d\d, Mexican trade \d{4}-\d\d, world trade \d{4},"
        r" output and reliance \d{4}, prices \d{4}-\d\d, tariffs \d{4}-\d\d-\d\d",
        data_to(con),
    )


def test_the_index_of_the_book_names_every_question_and_macro() -> None:
    index = (REPOSITORY / "warehouse" / "queries" / "README.md").read_text()
    for question in questions():
        assert f"| [{question.number}. {question.text}]({question.number:02d}_{question.name}.sql) |" in index
    for macro in MACROS:
        assert f"| `{example(macro)}` |" in index


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (["show", "galio"], 0, "Gallium (gallium)"),
        (["show", "rare", "earths"], 0, "Rare earths (rare_earths)"),
        (["compare", "rare", "earths"], 0, "Rare earths"),
        (["show", "cobalt", "--year", "2023", "--format", "json"], 0, '"mineral_id": "cobalt"'),
        (["show", "unobtainium"], 1, "No mineral is called unobtainium"),
        (["find", "terres rares"], 0, "rare_earths"),
        (["find", "8505.11.0070"], 0, "Sintered NdFeB magnets"),
        (["find", "unobtainium"], 1, "the nearest names are of"),
        (["compare", "graphite"], 0, "North America"),
        (["compare", "scandium"], 1, "no trade code of its own"),
        (["ask"], 0, "If China stops exporting"),
        (["ask", "4"], 0, "If China stops exporting"),
        (["ask", "unheard of"], 1, "`minerals ask` lists all"),
        (["changes"], 0, "Due, and in force until"),
        (["query", str(QUERY_BOOK[0])], 0, "Rare earths"),
        (["ask", "spare", "smelters"], 0, "Where do plants stand idle"),
        (["duty", "graphite", "batteries", "--from", "China"], 0, "Lithium-ion batteries"),
        (["duty", "unobtainium"], 1, "No tariff line matches"),
        (["duty", "graphite", "--from", "Atlantis"], 1, "No country is called Atlantis"),
        (["query", "nowhere.sql"], 1, "There is no file nowhere.sql."),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_questions_without_table_names_are_answered(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], code: int, message: str
) -> None:
    monkeypatch.setenv("MINERALS_HOME", str(home))
    answer = CliRunner().invoke(app, command)
    assert (answer.exit_code, message in answer.output) == (code, True), answer.output


def test_every_table_and_column_is_described(con: duckdb.DuckDBPyConnection) -> None:
    undescribed = con.execute(
        "select schema_name, table_name, column_name from meta.column_dictionary where description is null"
    ).fetchall()
    assert undescribed == []
    tables = con.execute(
        "select schema_name, table_name from meta.table_dictionary where description is null"
    )
    assert tables.fetchall() == []


def test_every_mart_has_a_key(con: duckdb.DuckDBPyConnection) -> None:
    keyless = con.execute(
        "select table_name from meta.table_dictionary where schema_name = 'marts' and grain is null"
    ).fetchall()
    assert keyless == []


def test_north_american_cobalt_ends_at_publishers_files(con: duckdb.DuckDBPyConnection) -> None:
    found = explain(con, "import_dependency", ["USMCA", "cobalt", "2024"])
    assert found.figures
    assert "net_import_reliance_pct" in found.formulas
    assert any("Geological Survey" in (file.publisher or "") for file in found.files)
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.archive_id) and file.name for file in found.files)


def test_the_cost_of_a_stockpile_ends_at_the_file_of_its_price(con: duckdb.DuckDBPyConnection) -> None:
    """Cobalt is priced by the IMF, in the year of the row and in the newest month."""
    found = explain(con, "stockpile_cover", ["cobalt", "2024", "90"])
    assert "International Monetary Fund" in {file.publisher for file in found.files}
    [prices] = [fed for fed in found.inputs if fed.table == "core.fct_reference_price"]
    [figure] = found.figures
    stated = {figure["price_usd_per_kg"], figure["newest_price_usd_per_kg"]}
    assert {row["usd_per_kg"] for row in prices.rows} == stated


@pytest.mark.long
def test_every_mart_is_explained(con: duckdb.DuckDBPyConnection) -> None:
    marts = con.execute(
        "select table_name, grain from meta.table_dictionary where schema_name = 'marts' and row_count > 0"
    ).fetchall()
    for mart, grain in marts:
        (row,) = con.execute(f"select {grain} from marts.{mart} order by all limit 1").fetchall()
        values = [
            f"{name}={value}" for name, value in zip(grain.split(", "), row, strict=True) if value is not None
        ]
        found = explain(con, mart, values)
        assert found.inputs, f"seeds/explain_inputs.csv does not say what feeds {mart}"
        assert all(file.name for file in found.files), f"{mart} rests on a file that is not in meta.archive"


@pytest.mark.parametrize("most_rows", [300, pytest.param(workbook.SHEET_ROWS, marks=pytest.mark.long)])
def test_the_workbook_opens_with_a_sheet_for_each_mart(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_rows: int
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", most_rows)
    with connect(home / "publications" / BUILD_ID / FILE, sealed=False) as reader:
        (path,) = export(reader, tmp_path, ["xlsx"])
        marts = reader.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    assert path.name == WORKBOOK
    sheets = openpyxl.load_workbook(path, read_only=True).sheetnames
    assert sheets == ["notes", *sorted(mart[:31] for (mart,) in marts)]


OLD_CLIENT = """
import duckdb, sys
assert duckdb.__version__.startswith(sys.argv[1]), duckdb.__version__
con = duckdb.connect(sys.argv[2], read_only=True)
for schema, table in con.sql("select schema_name, table_name from meta.table_dictionary").fetchall():
    con.sql(f'select * from "{schema}"."{table}"').fetchall()
for example in sys.argv[3:]:
    assert con.sql(example).fetchall(), example
print(con.sql("select count(comment) from duckdb_columns() where not internal").fetchall()[0][0])
"""


@pytest.mark.long
@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_an_older_client_reads_tables_macros_and_comments(home: Path, tmp_path: Path, version: str) -> None:
    venv.create(tmp_path / "old", with_pip=True)
    python = tmp_path / "old" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", f"duckdb=={version}.*"]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("an older DuckDB client cannot be installed here")
    read = subprocess.run(
        [python, "-c", OLD_CLIENT, version, str(home / FILE), *map(example, MACROS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr
    assert int(read.stdout) > 100
