"""Write `docs/where.md`: where each source, mart, question, seed, command, asset, module and test is.

``python docs/where.py`` writes the page from the code. A test compares the page with the code.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "where.md"
DBT = ROOT / "dbt_project"
MODELS = DBT / "models"
QUERIES = ROOT / "warehouse" / "queries"
UNESCAPED_BAR = re.compile(r"(?<!\\)\|")

INTRODUCTION = """# Where everything is

Generated from the code by `python docs/where.py`; do not edit. Search this page for a name or a word from a
description.

A few rules lead from a name to its file. A source is `ingest/sources/<id>`, `models/staging/<id>` and
`tests/ingest/sources/test_<id>.py`. A mart is `models/marts/<subject>/<name>.sql`, with its yml next to it. A
command is `orchestration/cli/commands/<name>.py`. The test of a module has the same path below `tests/`.
"""

TASKS = (
    (
        "a price floor: its levels, what it would charge, whom it exempts",
        (
            "dbt_project/models/marts/prices/price_floor.sql",
            "dbt_project/models/core/prices/dim_price_floor.sql",
            "dbt_project/seeds/price_floors.csv",
            "warehouse/macros/price_floor.sql",
        ),
    ),
    (
        "the vulnerability scorecard: its ranks, components and weights",
        (
            "dbt_project/models/marts/scenario/vulnerability_scorecard.sql",
            "dbt_project/models/marts/scenario/vulnerability_component.sql",
            "dbt_project/seeds/scorecard_weights.csv",
            "dbt_project/macros/scorecard.sql",
        ),
    ),
    (
        "net import reliance and the dependency of the three as one",
        (
            "dbt_project/models/marts/supply/import_dependency.sql",
            "dbt_project/models/core/bloc",
            "dbt_project/macros/formulas.sql",
        ),
    ),
    (
        "the assignment of tariff lines and HS codes to minerals",
        (
            "dbt_project/seeds/mineral_hs.csv",
            "dbt_project/models/core/reference/bridge_trade_product.sql",
            "ingest/scope.py",
        ),
    ),
    (
        "codes and names of countries",
        (
            "dbt_project/seeds/countries.csv",
            "dbt_project/seeds/country_aliases.csv",
            "dbt_project/models/core/reference/dim_country_code.sql",
            "dbt_project/macros/country_codes.sql",
        ),
    ),
    (
        "the lists of sources of one kind, with their rank",
        (
            "dbt_project/macros/trade_sources.sql",
            "dbt_project/macros/price_sources.sql",
            "dbt_project/macros/production_sources.sql",
            "dbt_project/macros/facility_sources.sql",
        ),
    ),
    (
        "which vintage of a file counts, and the figures in earlier ones",
        (
            "dbt_project/macros/current_rows.sql",
            "dbt_project/macros/vintage_rows.sql",
            "dbt_project/models/core/vintage/fct_vintage.sql",
        ),
    ),
    ("download, retry, throttle", ("ingest/http/session.py", "ingest/http/retries.py", "ingest/fetch.py")),
    ("files dropped in by hand", ("ingest/drop_ins.py", "tests/dbt_project/test_drop_ins.py")),
    (
        "quarantine of a bad file",
        ("ingest/admission.py", "ingest/gates.py", "dbt_project/models/meta/quarantine.sql"),
    ),
    (
        "loading into raw.duckdb",
        ("warehouse/load.py", "warehouse/raw_tables.py", "orchestration/pipeline/raw_layer.py"),
    ),
    (
        "publication: the published file, and the checks that refuse one",
        (
            "warehouse/publish.py",
            "warehouse/quality.py",
            "orchestration/assets/publication.py",
        ),
    ),
    (
        "rollback to an earlier publication",
        ("warehouse/publications.py", "orchestration/cli/commands/rollback.py"),
    ),
    ("what changed since the last night (`diff.json`)", ("warehouse/diff.py",)),
    ("the mirror: published tables as Parquet", ("warehouse/mirror.py",)),
    ("a release, to be cited", ("warehouse/release.py", "RELEASING.md")),
    ("the trace of a figure to its files", ("warehouse/explain.py", "dbt_project/seeds/explain_inputs.csv")),
    ("the workbook and other exports", ("warehouse/workbook.py", "warehouse/export.py")),
    (
        "the brief, its questions, captions and charts",
        (
            "orchestration/brief/questions.py",
            "orchestration/brief/charts",
            "orchestration/brief/page.py",
            "orchestration/brief/template",
            "orchestration/brief/words.csv",
            "orchestration/brief/headings.csv",
        ),
    ),
    (
        "one page per mineral, in three languages",
        (
            "orchestration/brief/sheets/pages.py",
            "orchestration/brief/sheets/labels.csv",
            "warehouse/sheet.py",
        ),
    ),
    ("feeds and the calendar", ("warehouse/feed/write.py", "warehouse/feed/entries.py")),
    (
        "the web server (HTTP), and tools for assistants",
        ("warehouse/serve/app.py", "warehouse/serve/mcp_server.py"),
    ),
    (
        "schedules, sensors, alerts",
        (
            "orchestration/schedules.py",
            "orchestration/sensors.py",
            "orchestration/alerts.py",
        ),
    ),
    ("settings from the environment", ("orchestration/settings.py",)),
    (
        "the newest day of each subject, as stated on every page",
        ("warehouse/data_to.sql", "warehouse/sheet.py"),
    ),
    ("the contract: every table has a key, units and descriptions", ("tests/dbt_project/test_contract.py",)),
    (
        "the planted world: nights, future dates, real files",
        (
            "tests/world/test_nights.py",
            "tests/world/test_calendar.py",
            "tests/world/test_real_files.py",
            "tests/world/truth.py",
            "tests/world/expected",
        ),
    ),
    ("tests of broken files, crashes and attacks", ("tests/reliability", "tests/RELIABILITY.md")),
    ("the direction of imports", ("tests/test_house.py",)),
    ("cost and speed", ("benchmarks/works", "benchmarks/RESULTS.md")),
    ("what CI runs", (".ci/run", ".ci/stages.py")),
)
"""Common topics, and the files in which they are implemented."""


def link(path: Path, text: str | None = None) -> str:
    """A link to a file from the page. Raises `FileNotFoundError` where there is none."""
    path.stat()
    return f"[{text or path.name}](../{path.relative_to(ROOT)})"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    names = list(header)
    lines = [names, ["---"] * len(names), *(list(row) for row in rows)]
    escaped = [[UNESCAPED_BAR.sub(r"\|", cell) for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def first_sentence(text: str) -> str:
    """The first sentence of a description, on one line."""
    words = " ".join(text.split())
    return re.split(r"(?<=[a-z0-9)`][.?!]) ", words, maxsplit=1)[0].rstrip(".")


@cache
def described(folder: Path, kind: str) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Models or seeds by name, each with the yml that describes it."""
    found = {}
    for path in sorted(folder.rglob("*.yml")):
        for one in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).get(kind) or []:
            found[one["name"]] = (path, one)
    return found


def sources() -> Iterator[list[str]]:
    """Each source: module, parser, staging, raw tables, tests."""
    from orchestration.pipeline.sources import modules  # noqa: PLC0415

    tests = ROOT / "tests" / "ingest" / "sources"
    for name, module in modules().items():
        path = Path(str(module.__file__))
        path = path.parent if path.name == "__init__.py" else path
        parser = ROOT.joinpath(*module.parse.__module__.split(".")).with_suffix(".py")
        if not parser.is_file():
            parser = path
        staging = MODELS / "staging" / name
        own = [tests / f"test_{name}.py", *sorted((tests / name).glob("test_*.py"))]
        yield [
            f"`{name}`: {module.SOURCE.title}",
            link(path),
            link(parser),
            link(staging) if staging.is_dir() else "",
            ", ".join(f"`raw.{one.name}`" for one in module.SOURCE.tables),
            ", ".join(link(test) for test in own if test.is_file()),
        ]


def marts() -> Iterator[list[str]]:
    """Each mart: model, yml, unit tests, questions that read it."""
    ymls = described(MODELS, "models")
    unit_tests = described(MODELS, "unit_tests").values()
    for path in sorted((MODELS / "marts").rglob("*.sql"), key=lambda one: one.stem):
        yml, model = ymls[path.stem]
        tested = {test["name"] for _, test in unit_tests if test["model"] == path.stem}
        asked = [query for query in sorted(QUERIES.glob("*.sql")) if f"marts.{path.stem}" in words_of(query)]
        yield [
            f"`{path.stem}`: {first_sentence(model['description'])}",
            path.parent.name,
            link(path),
            link(yml),
            ", ".join(f"`{name}`" for name in sorted(tested)),
            ", ".join(link(query, str(int(query.name[:2]))) for query in asked),
        ]


@cache
def words_of(path: Path) -> frozenset[str]:
    """Names in a file, with their schema."""
    return frozenset(re.findall(r"[\w.]+", path.read_text(encoding="utf-8")))


def core_models() -> Iterator[list[str]]:
    """The models of core and meta, by folder."""
    ymls = described(MODELS, "models")
    for path in sorted([*(MODELS / "core").rglob("*.sql"), *(MODELS / "meta").glob("*.sql")]):
        description = ymls[path.stem][1].get("description", "") if path.stem in ymls else ""
        yield [link(path, path.stem), path.parent.name, first_sentence(description)]


def commands() -> Iterator[list[str]]:
    """Each command of `minerals`: module, what it does, test files that run it."""
    from orchestration.cli.app import COMMANDS  # noqa: PLC0415

    tests = {test: test.read_text(encoding="utf-8") for test in sorted((ROOT / "tests").rglob("test_*.py"))}
    runners = re.compile(r"orchestration\.cli\.app|MINERALS\b|[\"']minerals[\"']")
    running_any = {test: text for test, text in tests.items() if runners.search(text)}
    for command in COMMANDS:
        name = command.__name__
        call = re.compile(rf"[\"'](minerals )?{name}[\"' ]")
        own = {test for test in tests if test.stem == f"test_{name}"}
        running = sorted(own | {test for test, text in running_any.items() if call.search(text)})
        yield [
            f"`minerals {name}`",
            link(ROOT.joinpath(*command.__module__.split(".")).with_suffix(".py")),
            first_sentence(command.__doc__ or ""),
            ", ".join(link(test, str(test.relative_to(ROOT / "tests"))) for test in running),
        ]


def seeds() -> Iterator[list[str]]:
    """Each seed: what it is, and the yml that describes its columns."""
    ymls = described(DBT / "seeds", "seeds")
    for path in sorted((DBT / "seeds").glob("*.csv")):
        yml, seed = ymls[path.stem]
        yield [link(path), first_sentence(seed["description"]), link(yml)]


def sql_macros() -> Iterator[list[str]]:
    """Each SQL macro of the published file, with its first comment."""
    for path in sorted((ROOT / "warehouse" / "macros").glob("*.sql")):
        comment = " ".join(
            line.removeprefix("--").strip() for line in path.read_text().splitlines() if line[:2] == "--"
        )
        yield [f"`{path.stem}`", link(path), first_sentence(comment)]


def dbt_macros() -> Iterator[list[str]]:
    """Each file of dbt macros, with the macros in it."""
    for path in sorted((DBT / "macros").rglob("*.sql")):
        names = re.findall(r"{%-? macro (\w+)", path.read_text(encoding="utf-8"))
        yield [link(path, str(path.relative_to(DBT / "macros"))), ", ".join(f"`{name}`" for name in names)]


def tasks() -> Iterator[list[str]]:
    """Topics in everyday words, with the files of each."""
    for what, paths in TASKS:
        yield [what, ", ".join(link(ROOT / path, path.removeprefix("dbt_project/")) for path in paths)]


def first_comment(path: Path) -> str:
    """The first sentence of the comment that a file of SQL begins with, after its configuration."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("--")), len(lines))
    comment = takewhile(lambda line: line.startswith("--"), lines[start:])
    return first_sentence(" ".join(line.removeprefix("--").strip() for line in comment))


def questions() -> Iterator[list[str]]:
    """Each question of the query book: its file and the marts that it reads."""
    for path in sorted(QUERIES.glob("*.sql")):
        marts = sorted(name.partition(".")[2] for name in words_of(path) if re.match(r"marts\.\w", name))
        yield [link(path), first_comment(path), ", ".join(f"`{mart}`" for mart in marts)]


def queries_of_pages() -> Iterator[list[str]]:
    """Each query behind the brief, the pages of minerals, `minerals show` and the feeds."""
    folders = {
        "brief": "orchestration/brief/sql",
        "page of a mineral": "orchestration/brief/sheets/sql",
        "`minerals show` and workbook": "warehouse/sheet",
        "feed": "warehouse/feed/sql",
    }
    for shown_in, folder in folders.items():
        for path in sorted((ROOT / folder).glob("*.sql")):
            yield [link(path), shown_in, first_comment(path)]


def asset_groups() -> Iterator[list[str]]:
    """Each group of assets in Dagster's UI: the module that defines it, and the folders of its models."""
    assets = ROOT / "orchestration" / "assets"
    for path in sorted(assets.glob("*.py")):
        for group in sorted(
            set(re.findall(r'(?:group_name=|GROUP = )"(\w+)"', path.read_text(encoding="utf-8")))
        ):
            yield [f"`{group}`", link(path), ""]
    subjects = {
        path.name for layer in ("core", "marts") for path in (MODELS / layer).iterdir() if path.is_dir()
    }
    for group in ("staging", *sorted(subjects), "meta"):
        layers = (
            [MODELS / group]
            if group not in subjects
            else [MODELS / layer / group for layer in ("core", "marts")]
        )
        folders = ", ".join(link(one, str(one.relative_to(MODELS))) for one in layers if one.is_dir())
        yield [f"`{group}`", link(assets / "models.py"), folders]
    yield ["`seeds`", link(assets / "models.py"), link(DBT / "seeds", "seeds")]


def dbt_tests() -> Iterator[list[str]]:
    """Each statement of SQL that must give no rows."""
    for path in sorted((DBT / "tests").rglob("*.sql")):
        yield [link(path, str(path.relative_to(DBT / "tests"))), first_comment(path)]


def described_modules(folder: str) -> Iterator[list[str]]:
    """Each Python module below a folder, with the first sentence of its docstring."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if path.name == "__init__.py" and not path.stat().st_size:
            continue
        subject = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        yield [link(path, str(path.relative_to(ROOT / folder))), first_sentence(subject.split("\n\n")[0])]


def python_modules() -> Iterator[list[str]]:
    """Each module of the three packages: its subject, and the test with the same path."""
    for package in ("ingest", "warehouse", "orchestration"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.is_relative_to(ROOT / "warehouse" / "data"):
                continue
            here = path.relative_to(ROOT)
            test = ROOT / "tests" / here.with_name(f"test_{here.name}")
            subject = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            yield [
                link(path, str(here)),
                first_sentence(subject.split("\n\n")[0]),
                link(test) if test.is_file() else "",
            ]


def page() -> str:
    """The whole page."""
    parts = [
        ("What people look for", ["what", "files"], tasks()),
        ("Sources", ["source", "module", "parser", "staging", "raw tables", "tests"], sources()),
        ("Marts", ["mart", "subject", "model", "description", "unit tests", "questions"], marts()),
        ("Questions of the query book", ["question", "what it asks", "marts"], questions()),
        ("Asset groups of Dagster's UI", ["group", "module", "models"], asset_groups()),
        ("Commands", ["command", "module", "what it does", "tests that run it"], commands()),
        ("Seeds", ["seed", "what it is", "columns"], seeds()),
        ("Models of core and meta", ["model", "subject", "what it is"], core_models()),
        ("SQL macros of the published file", ["macro", "file", "what it returns"], sql_macros()),
        ("Macros of dbt", ["file", "macros"], dbt_macros()),
        ("Queries of pages and feeds", ["query", "shown in", "what it returns"], queries_of_pages()),
        ("Modules", ["module", "subject", "its own test"], python_modules()),
        ("Tests in SQL", ["file", "what must not be found"], dbt_tests()),
        ("Tests in Python", ["file", "subject"], described_modules("tests")),
        ("Benchmarks", ["file", "subject"], described_modules("benchmarks")),
    ]
    return INTRODUCTION + "".join(f"\n## {title}\n\n{table(names, rows)}" for title, names, rows in parts)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), encoding="utf-8")
