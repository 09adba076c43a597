"""Write `docs/where.md`: where each source, mart, seed, command and module stands.

``python docs/where.py`` writes the page from the code. A test compares the page with the code.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "where.md"
DBT = ROOT / "dbt_project"
MODELS = DBT / "models"
QUERIES = ROOT / "warehouse" / "queries"
UNESCAPED_BAR = re.compile(r"(?<!\\)\|")

INTRODUCTION = """# Where everything stands

Written by `python docs/where.py` from the code, never by hand. Search this page for a name, or for a word of
a description.

A few rules lead from a name to its file. A source is `ingest/sources/<id>`, `models/staging/<id>` and
`tests/ingest/sources/test_<id>.py`. A mart is `models/marts/<subject>/<name>.sql`, with its yml beside it. A
command is `orchestration/cli/commands/<name>.py`. The test of a module lies at the same path below `tests/`.
"""


def link(path: Path, text: str | None = None) -> str:
    """A link to a file from the page."""
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
        for one in yaml.safe_load(path.read_text(encoding="utf-8")).get(kind) or []:
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


def python_modules() -> Iterator[list[str]]:
    """Each module of the three packages: its subject, and the test that lies at its path."""
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
        ("Sources", ["source", "module", "parser", "staging", "raw tables", "tests"], sources()),
        ("Marts", ["mart", "subject", "model", "description", "unit tests", "questions"], marts()),
        ("Commands", ["command", "module", "what it does", "tests that run it"], commands()),
        ("Seeds", ["seed", "what it is", "columns"], seeds()),
        ("Models of core and meta", ["model", "subject", "what it is"], core_models()),
        ("SQL macros of the published file", ["macro", "file", "what it returns"], sql_macros()),
        ("Macros of dbt", ["file", "macros"], dbt_macros()),
        ("Modules", ["module", "subject", "its own test"], python_modules()),
    ]
    return INTRODUCTION + "".join(f"\n## {title}\n\n{table(names, rows)}" for title, names, rows in parts)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), encoding="utf-8")
