"""The brief's SQL page: SQL on the published Parquet files, run in the reader's browser."""

import json
import shutil
from pathlib import Path

import duckdb
from jinja2 import Environment
from markupsafe import Markup

from orchestration.brief.browser_sql import engine
from warehouse import book, sqlmacros
from warehouse.files import link_or_copy, replace_file
from warehouse.mirror import PACKAGE
from warehouse.publications import MIRROR

PAGE = "sql.html"
FOLDER = "sql"
"""Folder of the engine and of the Parquet files of the two newest publications."""
SCRIPT = Path(__file__).with_name("sql.js")


def install(out: Path) -> Path:
    """Install the page's engine in the folder of the brief.

    Raises:
        engine.EngineError: npm is missing or failed; the message is a sentence.
    """
    return engine.install(out / FOLDER)


def write(con: duckdb.DuckDBPyConnection, out: Path, environment: Environment, publication: Path) -> Path:
    """Write the page and, if its engine is installed, link the Parquet files that it reads.

    Args:
        con: The published file.
        out: The folder of the brief.
        environment: The template environment.
        publication: The folder of the publication.
    """
    build_id = con.execute("select build_id from meta.build_info").fetchall()[0][0]
    folder, mirror = out / FOLDER, publication / MIRROR
    has_engine = (folder / engine.name()).is_dir() and (mirror / PACKAGE).is_file()
    page = environment.get_template("sql.html.j2").render(
        build_id=build_id,
        has_engine=has_engine,
        questions=book.questions(),
        script=Markup(SCRIPT.read_text(encoding="utf-8")),  # noqa: S704  (our own text)
        facts={
            "engine": f"{FOLDER}/{engine.name()}/",
            "data": f"{FOLDER}/{build_id}/",
            "tables": _link_tables(mirror, folder / build_id) if has_engine else {},
            "macros": {
                file.stem: file.read_text(encoding="utf-8") for file in sorted(sqlmacros.FOLDER.glob("*.sql"))
            },
            "questions": {one.number: one.sql for one in book.questions()},
        },
    )
    out.mkdir(parents=True, exist_ok=True)
    replace_file(out / PAGE, page)
    return out / PAGE


def _link_tables(mirror: Path, target: Path) -> dict[str, int]:
    """Hard-link the mirror's files into the page's folder; returns the bytes of each table."""
    resources = json.loads((mirror / PACKAGE).read_bytes())["resources"]
    if not target.is_dir():
        part = target.with_name(f".{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        for resource in resources:
            (part / resource["path"]).parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(mirror / resource["path"], part / resource["path"])
        part.rename(target)
    others = [one for one in target.parent.iterdir() if one.name[0].isdigit() and one != target]
    for older in sorted(others)[:-1]:  # pages that are still open read the previous one
        shutil.rmtree(older)
    return {resource["name"]: resource["bytes"] for resource in resources}
