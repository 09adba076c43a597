"""The brief as a file: its sentences are true, text is escaped, nothing is fetched, writing is atomic."""

import csv
import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.brief import build, charts, findings
from orchestration.brief.page import TEMPLATES, script_json
from orchestration.brief.questions import SECTIONS
from orchestration.brief.sections import SQL, Dataset, Rows, source_line
from tests.conftest import REPOSITORY
from tests.orchestration.small_publication import TODAY, small_publication
from warehouse.book import questions

HOSTILE = '<script>alert("x")</script> & =1+1'


class Outline(HTMLParser):
    """The content of the page: text by element id, scripts, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: dict[str, str] = {}
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.addresses += [
            value or "" for name, value in attrs if name in {"href", "src", "srcset", "action"}
        ]
        if tag == "script":
            self._script = given.get("id") or f"inline {len(self.scripts)}"
            self.scripts[self._script] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self.scripts[self._script] += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief of the small publication."""
    home = tmp_path_factory.mktemp("brief")
    build(small_publication(home / "minerals.duckdb"), home / "brief", today=date.fromisoformat(TODAY))
    return home / "brief"


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    parsed = Outline()
    parsed.feed(page)
    return parsed


def finding(page: str, section: str) -> str:
    found = re.search(rf'id="{section}-title".*?<p class="finding">(.*?)</p>', page, re.DOTALL)
    assert found
    return unescape(found[1]).replace("\u00a0", " ")


def data(outline: Outline, name: str) -> Rows:
    rows: Rows = json.loads(outline.scripts[f"data-{name}"])
    return rows


FINDINGS = {
    "dependency": """
        Of the 3 minerals on the US list of 2025, 3 have a net import reliance of their own (rare earths count
        as one, yttrium apart). The United States gets more than half of its consumption of 3 of them from
        abroad or from stocks. North America as a whole gets more than half of its consumption of 1 from the
        rest of the world.""",
    "processing": """
        Refinery output by country is published for 2 minerals that China refines. China refines more than
        half of the world's gallium and cobalt. Where the metal is made from the ore of the mine table,
        China's share of refining exceeds its share of mining for 1 of 1. No refinery table is held here
        for""",
    "three": """
        Minerals that can be compared at the stage that policy targets: 1. China supplies more than half of
        North America's imports of none. Among the three, China's share of imports is highest in Mexico for 1.
        Chinese goods that arrive through other partners add by estimate at least 5 points for cobalt.""",
    "concentration": """
        Of 3 combinations of mineral and stage with US imports of at least USD 1 million a year, 2 are""",
    "price-floor": "In their newest month, 2 of 3 monthly reference prices are below the floor",
    "tariffs": """
        Among the lines shown, the highest duty in the schedule of 22 April 2026 is 75 % on unwrought
        aluminum from China. Calculated duty on minerals, excluding finished goods, averaged 22.0 % on goods
        from China and 7.3 % on goods from Canada in 2025. Of the duty on goods from Canada, 96 % is in HTS
        chapter 76; the other minerals from there averaged 0.4 %.""",
    "usmca": """
        In July 2025, importers claimed USMCA treatment for 97.0 % of MFN-free value from Canada, 95.0 % of
        dutiable value from Canada and 99.0 % of dutiable value from Mexico. If the claims of the twelve
        months to that month lapsed, USD 23 million of duty would be due under the schedule held for
        today.""",
    "disruption": """
        whatever its price, the suppliers whose loss could leave the largest share of imports unreplaced are
        China (30 to 40 %), Norway (0 to 10 %) and Japan (0 %);""",
    "stockpile": "less than 90 days of consumption for 1 of the 2 minerals",
    "calendar": "Next, in 2 days: “A licence regime begins” takes effect.",
    "freshness": "1 of 3 sources are served from the starter",
}


@pytest.mark.parametrize("section", FINDINGS)
def test_findings_are_computed(page: str, section: str) -> None:
    assert " ".join(FINDINGS[section].split()) in finding(page, section)


def test_findings_have_a_sentence_for_empty_answers() -> None:
    for section in SECTIONS:
        finding = section.finding({query.name: [] for query in section.queries})
        assert finding.endswith(".")
        assert "None" not in finding


def test_cards_agree_with_the_marts(page: str) -> None:
    figures = re.findall(r'<p class="figure">(.*?)</p>', page)
    assert figures == ["3 of 3", "1 of 2", "1 of 3", "USD 1.0 to 3.0 bn", "USD 23 million", "2 days"]
    assert "“A licence regime begins” takes effect" in page


def test_cards_state_their_coverage(page: str) -> None:
    assert "of the stage scored for each of 1 minerals" in page
    assert "at most 150 days” has ended since and is not counted" in page


LOSS = {"mineral": "Titanium", "supplier": "Japan", "unreplaced_low_pct": 59, "unreplaced_high_pct": 59}


@pytest.mark.parametrize(
    ("certain", "text"),
    [
        (True, "leaves the largest gap of all single flows: 39 to 66 % of US imports not replaced"),
        (False, "may leave the largest gap of all single flows, 39 to 66 % of US imports not replaced"),
    ],
)
def test_a_loss_is_the_largest_only_where_its_bounds_say_so(certain: bool, text: str) -> None:
    row = LOSS | {"tried_low_pct": 39, "tried_high_pct": 66, "is_largest": certain}
    assert text in findings.disruption({"disruption": [row], "supplier_losses": []})


def test_the_largest_loss_is_found_by_all_assumptions(outline: Outline) -> None:
    rows = {(row["mineral"], row["supplier"]): row for row in data(outline, "disruption")}
    loss = next(row for row in rows.values() if row["unreplaced_low_pct"] == 90)
    assert (loss["tried_low_pct"], loss["tried_high_pct"], loss["is_largest"]) == (90, 100, True)


def test_a_ban_whose_suspension_lapsed_is_unknown_rather_than_absent() -> None:
    row = {
        "mineral": "Gallium",
        "restricted_import_pct": 21,
        "worst_measure": "licence",
        "suspended_measure": "ban",
    }
    text = findings.restricted({"restricted": [row]})
    assert "bans on gallium were suspended, and whether they have resumed is not known" in text


def test_shares_of_two_goods_are_not_compared() -> None:
    row = {
        "mineral": "Magnesium",
        "refinery_share_pct": 95,
        "mine_share_pct": 60,
        "refinery_stage": "refined_metal",
    }
    text = findings.processing({"processing": [row | {"is_used_as_mined": False, "is_one_chain": False}]})
    assert "exceeds its share of mining for 0 of 0" in text


def test_the_parts_of_mixed_codes_are_those_of_the_seed() -> None:
    """A note states them: imports of the three are less than the publisher's figure for the code."""
    [note] = [section.caveat for section in SECTIONS if section.id == "three"]
    with (REPOSITORY / "dbt_project" / "seeds" / "mineral_hs.csv").open(encoding="utf-8", newline="") as file:
        parts = {(row["mineral_id"], row["hs_code"]): row["weight_mid"] for row in csv.DictReader(file)}
    for code in (("rare_earths", "850511"), ("metallurgical_coal", "270112"), ("rare_earths", "284690")):
        assert f"{100 * float(parts[code]):.1f} %" in note


def test_no_line_ends_between_a_figure_and_its_percent_sign(page: str) -> None:
    text = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert "\u00a0%" in text
    assert not re.findall(r"\d %", text)


def test_newest_edition_alone_counts(outline: Outline) -> None:
    rows = data(outline, "dependency")
    assert {(row["mineral"], row["area"]) for row in rows if row["mineral"] == "Cobalt"} == {
        ("Cobalt", area) for area in charts.AREAS
    }
    assert [row["reliance_pct"] for row in rows if (row["mineral"], row["area"]) == ("Cobalt", "USA")] == [
        80.0
    ]
    assert "Cement" not in {row["mineral"] for row in rows}


def test_bounds_without_information_are_not_shown(outline: Outline, page: str) -> None:
    areas = {row["area"] for row in data(outline, "dependency") if row["mineral"] == "Gallium"}
    assert areas == {"USA", "USMCA"}
    assert "It is less for 1 and not known for the others" in page


def test_months_before_the_recording_break_state_no_share(outline: Outline) -> None:
    shares = {
        (row["origin"], row["lines"], row["period"]): row["utilization_pct"]
        for row in data(outline, "usmca_claims")
    }
    assert shares["Canada", "MFN-free", "2025-06-01"] is None
    assert shares["Canada", "MFN-free", "2025-07-01"] == 97.0


def test_text_of_publishers_is_escaped(page: str, outline: Outline) -> None:
    assert page.count("<script>alert") == 0
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; =1+1" in page
    assert HOSTILE in {row["mineral"] for row in data(outline, "dependency")}


def test_only_https_becomes_a_link(outline: Outline) -> None:
    outside = [address for address in outline.addresses if not address.startswith("#")]
    languages = ["index.es.html", "index.fr.html", "index.html"]
    ours = ["dictionary.html", "limitations.html", "sql.html", *languages]
    assert sorted(set(outside)) == sorted([*ours, "https://example.org/notice"])


def test_docs_in_the_same_folder_are_linked(tmp_path: Path) -> None:
    out = tmp_path / "brief"
    (out / "docs").mkdir(parents=True)
    (out / "docs" / "index.html").touch()
    built = build(small_publication(tmp_path / "minerals.duckdb"), out)
    assert 'href="docs/index.html"' in built.read_text(encoding="utf-8")


def test_every_chart_has_words_a_source_and_its_data(page: str, outline: Outline) -> None:
    drawn = [chart for section in SECTIONS for chart in section.charts]
    assert (
        len(drawn)
        == page.count('role="img"')
        == page.count('<p class="source">')
        == len(re.findall("<figcaption>", page))
    )
    for chart in drawn:
        names = set(re.findall(r'"data":\{"name":"(\w+)"', outline.scripts[f"spec-{chart.id}"]))
        assert names
        assert all(f"data-{name}" in outline.ids or name == "what_if_result" for name in names)
    for section in SECTIONS:
        for query in section.queries:
            assert f'data-download="{query.name}"' in page
    assert "U.S. Geological Survey, Mineral Commodity Summaries (vintage of 6 February 2026)" in page


def test_the_narrow_width_is_stated_once_and_a_long_name_has_two_lines_there(outline: Outline) -> None:
    script = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    assert str(charts.NARROW_BELOW) not in script
    assert json.loads(outline.scripts["messages"])["narrow_below"] == charts.NARROW_BELOW
    axis = charts.three().to_dict()["layer"][0]["encoding"]["y"]["axis"]
    assert "split(replace(datum.label, ' (', '|('), '|')" in axis["labelExpr"]
    assert str(charts.NARROW_BELOW) in axis["labelExpr"]


def test_a_source_without_data_is_not_credited(tmp_path: Path) -> None:
    """A source without held data is not cited, although it has a citation."""
    with duckdb.connect(str(small_publication(tmp_path / "m.duckdb")), read_only=True) as con:
        assert con.execute("select mode from meta.source_status where source_id = 'boc_fx'").fetchall()
        assert source_line(con, ["boc_fx"]) == "Own calculations."
        assert source_line(con, ["boc_fx", "usgs_mcs"]) == source_line(con, ["usgs_mcs"])


def test_ids_are_unique_and_contents_lead_somewhere(outline: Outline) -> None:
    assert len(outline.ids) == len(set(outline.ids))
    targets = {address[1:] for address in outline.addresses if address.startswith("#")}
    assert targets <= set(outline.ids)
    assert {section.id for section in SECTIONS} <= targets


def test_colours_come_from_the_style_sheet() -> None:
    drawn = [chart.draw().to_json() for section in SECTIONS for chart in section.charts]
    assert not re.findall(r'"#[0-9a-fA-F]{3,8}"', "".join(drawn))
    style = (SQL.parent / "template" / "style.css").read_text(encoding="utf-8")
    for variable in set(re.findall(r"var\((--[\w-]+)\)", "".join(drawn))):
        assert f"{variable}:" in style


def test_every_query_is_used() -> None:
    asked = {query.name for section in SECTIONS for query in section.queries}
    of_the_book = {question.name for question in questions()}
    own = {path.stem for path in SQL.glob("*.sql")}
    assert own - asked == {"cards", "dictionary"}
    assert asked - own <= of_the_book, "a query without a file of its own is a question of the book"


def test_the_dictionary_has_every_column(folder: Path) -> None:
    text = (folder / "dictionary.html").read_text(encoding="utf-8")
    assert 'id="marts.import_dependency"' in text
    assert "Net import reliance &lt;b&gt;by area&lt;/b&gt;." in text
    assert text.index("marts.import_dependency") < text.index("meta.build_info")
    for column in ("area", "imports_t", "build_id"):
        assert f"<code>{column}</code>" in text


def test_every_page_states_the_publication_it_was_made_from(folder: Path, page: str) -> None:
    """The server reads it there."""
    [build_id] = set(re.findall(r'<meta name="build-id" content="([^"]+)">', page))
    pages = list(folder.glob("**/*.html"))
    assert len(pages) > 5
    for file in pages:
        assert f'<meta name="build-id" content="{build_id}">' in file.read_text(encoding="utf-8")[:4096], file


def test_failed_build_leaves_the_page_as_it_was(folder: Path, tmp_path: Path) -> None:
    before = (folder / "index.html").read_bytes()
    path = small_publication(tmp_path / "minerals.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("drop table marts.policy_calendar")
    with pytest.raises(duckdb.CatalogException, match="policy_calendar"):
        build(path, folder)
    assert (folder / "index.html").read_bytes() == before
    assert {child.name for child in folder.iterdir()} == {
        *("index.html", "index.es.html", "index.fr.html"),
        *("dictionary.html", "limitations.html", "sql.html"),
    }


def test_same_publication_same_page(folder: Path, tmp_path: Path) -> None:
    again = build(
        small_publication(tmp_path / "m.duckdb"), tmp_path / "brief", today=date.fromisoformat(TODAY)
    )
    assert again.read_bytes() == (folder / "index.html").read_bytes()


def test_a_missing_publication_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="minerals refresh"):
        build(tmp_path / "minerals.duckdb", tmp_path / "brief")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (1234567, "1,234,567"),
        (0.1, "0.1"),
        (12345.6, "12,346"),
        (2.0, "2"),
        ("a", "a"),
    ],
)
def test_cells_are_formatted_for_readers(value: object, shown: str) -> None:
    assert Dataset.cell(value) == shown


def test_a_year_has_no_comma(page: str) -> None:
    assert Dataset.cell(2025, "year") == "2025"
    assert Dataset.cell(2025, "production_year") == "2025"
    assert Dataset.cell(2025, "buy_for_90_days_t") == "2,025"
    assert "2,025" not in page


@pytest.mark.parametrize("wild", ["</script>", "<!--", "&amp;", "\u2028", '"\\'])
def test_embedded_json_cannot_leave_its_element(wild: str) -> None:
    text = script_json([wild])
    assert not set("<>&") & set(text)
    assert json.loads(text) == [wild]


def test_what_does_not_belong_in_the_data_is_refused() -> None:
    refuse: Callable[[object], Any] = script_json
    with pytest.raises(TypeError, match="does not belong"):
        refuse([b"bytes"])


def test_imports_are_judged_by_reported_weights_only(page: str) -> None:
    """Cobalt has weights for part of the newest year; gallium has none."""
    assert "Imports can be judged for 1 of 2 minerals, those with reported weights" in finding(
        page, "price-floor"
    )
