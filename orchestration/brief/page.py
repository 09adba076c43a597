"""Assemble the pages: sections, chart specifications, text, styles and the inlined chart runtime."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from orchestration.brief import browser_sql, sheets
from orchestration.brief.charts import NARROW_BELOW
from orchestration.brief.languages import LANGUAGES, Language, Names, chart_locale, names
from orchestration.brief.questions import SECTIONS, Card, headline_cards
from orchestration.brief.sections import Rows, fetch_rows, read_section
from orchestration.brief.sheets.pages import file_name
from orchestration.settings import PROJECT_ROOT
from warehouse.book import plain
from warehouse.connect import connect
from warehouse.feed import FEEDS
from warehouse.files import replace_file
from warehouse.sheet import data_to
from warehouse.units import unbroken

MESSAGES = (
    "nothing on this page has it",
    "{0} row",
    "{0} rows",
    "in {0} part of the page",
    "in {0} parts of the page",
    "{0} more in the downloads",
    (
        "With {0} partner, {1} of {2} minerals stay above 50 % dependency on countries outside; "
        "with Canada and Mexico alone it is {3}."
    ),
    (
        "With {0} partners, {1} of {2} minerals stay above 50 % dependency on countries outside; "
        "with Canada and Mexico alone it is {3}."
    ),
)
"""Messages of the page's script, with slots for figures."""
TEMPLATES = Path(__file__).parent / "template"


def build(
    published: Path, out: Path, *, today: date | None = None, docs: Callable[[], bool] | None = None
) -> Path:
    """Write the brief in each language and the column dictionary for the published warehouse file.

    Args:
        published: `minerals.duckdb`, opened read-only.
        out: The folder that receives `index.html` with its other languages, `dictionary.html`,
            `limitations.html`, `sql.html`, the publication's feeds and the fact sheets; each file is replaced
            in one step.
        today: The day from which remaining days are counted; by default the current day in UTC.
        docs: Called last; returns whether `docs/index.html` exists and can be linked. By default the folder
            is checked.

    Returns:
        The path of the brief in English.
    """
    day = today or datetime.now(UTC).date()
    with connect(published) as con:
        con.execute("set variable today = ?", [day])
        built_at, build_id = con.execute("select built_at, build_id from meta.build_info").fetchall()[0]
        folder = published.parent / "publications" / build_id
        browser_sql.write(con, out, environment(), folder)
        sheets_written = sheets.write(con, out, environment()) if sheets.is_possible(con) else []
        feeds = [folder / name for name in FEEDS if (folder / name).is_file()]
        known = names(con)
        content = {
            "sheets": sheets_written,
            "cards": headline_cards(con),
            "sections": [read_section(con, section) for section in SECTIONS],
            "has_feeds": bool(feeds),
            "built_at": built_at,
            "build_id": build_id,
            "today": day,
            "data_to": data_to(con),
            "script": _trusted("page.js"),
            "runtime": chart_runtime(),
            "has_docs": docs() if docs else (out / "docs" / "index.html").exists(),
        }
        pages = {code: page_in(Language(code, known), known, content) for code in LANGUAGES}
        limitations = _render("limitations.html.j2", text=_limitations(), build_id=build_id)
        dictionary = _render("dictionary.html.j2", tables=_tables(con), build_id=build_id)
    out.mkdir(parents=True, exist_ok=True)
    for feed in feeds:
        replace_file(out / feed.name, feed.read_bytes())
    replace_file(out / "dictionary.html", dictionary)
    replace_file(out / "limitations.html", limitations)
    for code, page in pages.items():
        replace_file(out / file_name("index", code), page)
    return out / "index.html"


def page_in(say: Language, known: Names, content: Mapping[str, Any]) -> str:
    """The brief in one language; ``content`` is the template's English content."""
    messages = {text: say(text) for text in MESSAGES}
    own = {
        "say": say,
        "languages": [(code, file_name("index", code)) for code in LANGUAGES],
        "messages": messages
        | {
            "names": [list(one.values()) for one in known.values()],
            "language": say.code,
            "narrow_below": NARROW_BELOW,
            "chart_locale": chart_locale(say.code),
        },
        "sheets": sorted(
            (
                (file_name(link.address.removesuffix(".html"), say.code), say.value(link.name))
                for link in content["sheets"]
            ),
            key=lambda one: plain(one[1]) if one[0].startswith("minerals/") else "",
        ),
        "cards": [Card(say(card.label), say(card.figure), say(card.detail)) for card in content["cards"]],
        "sections": [say.section(section) for section in content["sections"]],
    }
    return _render("index.html.j2", **{**content, **own})


@cache
def chart_runtime() -> Markup:
    """Vega, Vega-Lite and vega-embed as one script from the installed package; nothing is downloaded."""
    script = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    return Markup(script.replace("</script", "<\\/script"))  # noqa: S704


def script_json(value: object) -> Markup:
    """JSON that is safe inside a script element, whatever text the data contain."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in the brief's data")


def _unbroken(value: object) -> object:
    """Text without line breaks between a figure and its unit; scripts and data are unchanged."""
    return unbroken(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def environment() -> Environment:
    """The template environment, with the values shared by all pages."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        finalize=_unbroken,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["script_json"] = script_json
    found.globals["style"] = _trusted("style.css")
    return found


def _render(template: str, **content: object) -> str:
    return environment().get_template(template).render(**content)


def _limitations() -> Markup:
    """`docs/limitations.md` as HTML; its anchors are those named in `meta.flag_words`."""
    text = (PROJECT_ROOT / "docs" / "limitations.md").read_text(encoding="utf-8")
    return Markup(MarkdownIt("commonmark").enable("table").render(text))  # noqa: S704  (our own text)


def _trusted(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, Rows]]:
    """Name, description and columns of every published table."""
    by_table = groupby(fetch_rows(con, "dictionary"), lambda row: (row["table_name"], row["about"]))
    return [(name, about or "", list(columns)) for (name, about), columns in by_table]
