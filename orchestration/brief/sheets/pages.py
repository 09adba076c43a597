"""Write the fact sheets: `minerals/<id>.html` and `areas/<area>.html`, with `.es` and `.fr` of each."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, Template
from markupsafe import Markup

from orchestration.brief.languages import Language, Words, labels, names
from orchestration.brief.sections import Dataset
from orchestration.brief.sheets.charts import Bar, Chart, Identity
from warehouse.connect import fetch
from warehouse.files import replace_file
from warehouse.sheet import Subject, data_to, read_subjects

HERE = Path(__file__).parent
LANGUAGES = ("en", "es", "fr")
CHARTS = ("reliance", "suppliers", "producers")
RANGES = {"net_import_reliance", "direct_and_indirect", "ad_valorem", "rank_range"}
"""Columns whose cells are figures mixed with a few of our words."""
SHARES = {
    "largest_supplier",
    "largest_first",
    "no_output_listed_of",
    "share_of_world_output",
    "estimated_through",
}
"""Columns whose cells are comma-separated countries, most with their share."""

PHRASES = {
    "coverage",
    "direct",
    "figure",
    "gap",
    "last_known",
    "not_scored",
    "note",
    "provinces_or_states",
    "reason",
    "status",
    "title",
    "which_to_quote",
}
"""Columns whose cells are our own phrases, separated by punctuation."""

_MORE = re.compile(r"\band (\d+) more$")
"""The end of a list of which a line shows the first few."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link from the brief to a sheet."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a sheet before translation."""

    id: str
    kind: str
    names: Mapping[str, str]
    subjects: Sequence[Subject]
    charts: Mapping[str, Sequence[Bar]]
    source_ids: Sequence[str] = ()
    note: str | None = None


def is_possible(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the file has the macros that the sheets require."""
    query = "select 1 from duckdb_functions() where function_name = 'compare_three_each'"
    return con.execute(query).fetchone() is not None


def write(con: duckdb.DuckDBPyConnection, out: Path, environment: Environment) -> list[Link]:
    """Write all sheets into folders below ``out``, return links to them, and delete outdated pages.

    Args:
        con: A reader on the publication.
        out: The brief's folder.
        environment: The template environment of the brief.
    """
    words = labels()
    facts = _facts(con)
    template = environment.get_template("sheet.html.j2")
    minerals, areas = _minerals(con), _areas(con, words)
    facts["names"] = {page.id: page.names for page in minerals}
    links = [Link(f"{page.kind}/{page.id}.html", page.names["en"]) for page in (*areas, *minerals)]
    written: set[Path] = set()
    for page in (*areas, *minerals):
        for language in LANGUAGES:
            file = out / page.kind / file_name(page.id, language)
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, _html(template, page, language, words, facts))
            written.add(file)
    for folder in ("minerals", "areas"):
        for file in (out / folder).glob("*.html"):
            if file not in written:
                file.unlink()
    return links


def file_name(name: str, language: str) -> str:
    """English has the plain name; other languages have their code before the suffix."""
    return f"{name}.html" if language == "en" else f"{name}.{language}.html"


def _facts(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    build_id, built_at = con.execute("select build_id, built_at from meta.build_info").fetchall()[0]
    _, cited = fetch(con, "select source_id, coalesce(citation, source_id), licence from meta.source_status")
    known = names(con)
    return {
        "build_id": build_id,
        "built_at": built_at,
        "data_to": data_to(con),
        "say": {code: Language(code, known) for code in LANGUAGES},
        "countries": dict(fetch(con, "select iso3, name from core.dim_country where iso3 is not null")[1]),
        "cited": {source_id: (citation, licence) for source_id, citation, licence in cited},
    }


def _minerals(con: duckdb.DuckDBPyConnection) -> list[Page]:
    _, rows = fetch(con, _sql("minerals"))
    drawn = {name: _bars(con, name) for name in CHARTS}
    behind: dict[str, list[str]] = {}
    for mineral_id, source_id in fetch(con, _sql("sources"))[1]:
        behind.setdefault(mineral_id, []).append(source_id)

    notes = dict(fetch(con, "select mineral_id, note from core.dim_mineral")[1])
    held = read_subjects(con, [mineral_id for mineral_id, *_ in rows])
    pages = []
    for mineral_id, *labelled in rows:
        shown = [one for one in held[mineral_id] if one.rows or one.name == "dependency"]
        charts = {name: bars[mineral_id] for name, bars in drawn.items() if mineral_id in bars}
        pages.append(
            Page(
                mineral_id,
                "minerals",
                dict(zip(LANGUAGES, labelled, strict=True)),
                [_filled(subject) for subject in shown],
                charts,
                behind.get(mineral_id, ()),
                notes[mineral_id],
            )
        )
    return pages


def _filled(subject: Subject) -> Subject:
    """Drop columns without values: a page has less room than a terminal."""
    kept = [
        place
        for place in range(len(subject.columns))
        if not subject.rows or any(row[place] not in (None, "") for row in subject.rows)
    ]
    rows = [tuple(row[place] for place in kept) for row in subject.rows]
    return replace(subject, columns=[subject.columns[place] for place in kept], rows=rows)


def _bars(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, list[Bar]]:
    found: dict[str, list[Bar]] = {}
    for mineral_id, *bar in fetch(con, _sql(name))[1]:
        found.setdefault(mineral_id, []).append(Bar(*bar))
    return found


def _areas(con: duckdb.DuckDBPyConnection, words: Words) -> list[Page]:
    _, rows = fetch(con, _sql("areas"))
    columns = [
        "mineral",
        "year",
        "net_import_reliance",
        "largest_supplier",
        "China",
        "supplier_years",
        "rank",
    ]
    sources = sorted({source_id for _, source_id in fetch(con, _sql("sources"))[1]})
    pages = []
    for area in dict.fromkeys(row[0] for row in rows):
        own = [row[1:] for row in rows if row[0] == area]
        subject = Subject("dependency", "", columns, own)
        pages.append(Page(area, "areas", words[area], [subject], {}, sources))
    return pages


def _html(template: Template, page: Page, language: str, words: Words, facts: Mapping[str, Any]) -> str:
    say: Language = facts["say"][language]

    def word(key: str) -> str:
        return words[key][language] if key in words else key.replace("_", " ")

    def heading(column: str) -> str:
        return word(f"column_{column}" if f"column_{column}" in words else column)

    def place(label: str) -> str:
        """A country's name, or the phrase for all other countries together."""
        return word(label) if label == "ZZZ" else say.value(facts["countries"].get(label, label))

    def identity(name: str, bars: Sequence[Bar]) -> Identity:
        """What a chart shows; stage and period if they are the same for all bars, and who published them."""
        same = [
            word(values[0])
            for values in ([bar.stage for bar in bars], [bar.period for bar in bars])
            if values[0] and len(set(values)) == 1
        ]
        below = [word("below_zero")] if any(bar.pct < 0 for bar in bars) else []
        named = dict.fromkeys(one for bar in bars for one in bar.source_ids.split(";"))
        return Identity(
            page.names[language],
            word(f"chart_{name}"),
            word("world" if name == "producers" else "USA"),
            ", ".join(same + below),
            [*(facts["cited"][one][0] for one in named), f"{word('publication')} {facts['build_id']}"],
            facts["build_id"],
        )

    charts = [
        Chart(name, identity(name, bars), [replace(bar, name=place(bar.label)) for bar in bars])
        for name, bars in page.charts.items()
    ]
    cell = _cell(words, say, facts["names"], place)
    sources = [facts["cited"][one][0] for one in page.source_ids if one in facts["cited"]]
    return template.render(
        page=page,
        language=language,
        languages=[(one, file_name(page.id, one)) for one in LANGUAGES],
        home=file_name("index", language),
        word=word,
        heading=heading,
        cell=cell,
        is_number=Dataset.is_number,
        is_day=lambda value: isinstance(value, date),
        has_numbers=lambda subject, place: any(Dataset.is_number(row[place]) for row in subject.rows),
        charts=charts,
        sources=sources,
        json_ld=_json_ld(page, language, facts, sources, word),
        say=say,
        script=Markup((HERE / "sheet.js").read_text(encoding="utf-8")),  # noqa: S704
        data_to=say(facts["data_to"]),
        note=cell(page.note, "note") if page.note else "",
        **{name: facts[name] for name in ("build_id", "built_at")},
    )


def _cell(
    words: Words, say: Language, minerals: Mapping[str, Mapping[str, str]], place: Callable[[str], str]
) -> Callable[[object, str], str]:
    """A value for display, translated if it is one of our words or the name of a country."""
    language = say.code

    def share(part: str) -> str:
        country, figure = re.fullmatch(r"(.*?)( [<>]?\d+ %)?", part).groups("")  # type: ignore[union-attr]
        return (word("others") if country == "others" else place(country)) + figure

    def word(text: str) -> str:
        return words[text][language] if text in words else say.value(text.replace("_", " "))

    def phrases(text: str) -> str:
        """Translate consecutive phrases of our own, some of which contain a semicolon or colon."""
        flat = text.replace("_", " ")
        if text in words or flat in words:
            return words[text if text in words else flat][language]
        if (whole := say(text)) != text:
            return whole
        for mark in reversed(list(re.finditer(r"[;:] ?", flat))):
            first = flat[: mark.start()]
            translated = words[first][language] if first in words else say(first)
            if first in words or translated != first:
                return f"{translated}{mark[0][0].replace(':', say.colon)} {phrases(flat[mark.end() :])}"
        return flat

    def cell(value: object, column: str) -> str:
        if isinstance(value, date | datetime):
            return value.isoformat()
        text = Dataset.cell(value, column)
        if column == "mineral" and text in minerals:
            return minerals[text][language]
        if column in SHARES:
            return ", ".join(share(part) for part in text.split(", ")) if text else ""
        if column in PHRASES and text:
            return phrases(text)
        if Dataset.is_number(value) or (column in RANGES and text not in words):
            for part in ("net exporter", "others", "at most", "to"):
                text = re.sub(rf"\b{part}\b", words[part][language], text)
            return say.figures(text)
        shown = text.replace("_", " ") if text.isupper() and column != "area" else word(text)
        shown = shown.replace("secondary commodity", words["secondary commodity"][language])
        shown = _MORE.sub(lambda more: words["and_more"][language].format(more[1]), shown)
        return re.sub(r":(?=[a-z])", f"{say.colon} ", shown)

    return cell


def _json_ld(
    page: Page,
    language: str,
    facts: Mapping[str, Any],
    sources: Iterable[str],
    word: Callable[[str], str],
) -> dict[str, Any]:
    """A schema.org Dataset, by which dataset search engines find the page."""
    is_area = page.kind == "areas"
    licences = sorted({facts["cited"][one][1] for one in page.source_ids if one in facts["cited"]} - {None})
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": word("about_sheet").format(page.names[language]),
        "description": word("about_area" if is_area else "about_data").format(page.names[language]),
        "identifier": f"{facts['build_id']}/{page.kind}/{page.id}",
        "version": facts["build_id"],
        "dateModified": facts["built_at"].date().isoformat(),
        "inLanguage": language,
        "isAccessibleForFree": True,
        "license": licences,
        "creator": {"@type": "Organization", "name": "The critical minerals warehouse maintainers"},
        "citation": list(sources),
        "variableMeasured": [word(subject.name) for subject in page.subjects],
        "spatialCoverage": [page.names[language]]
        if is_area
        else [word(area) for area in ("USA", "CAN", "MEX")],
    }


def _sql(name: str) -> str:
    return (HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")
