"""The page for a person who opens the server's address in a browser."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from warehouse.book import Question
from warehouse.serve.publications import Opened

POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def docs_page(opened: Opened, questions: Sequence[Question], *, has_sql: bool) -> HTMLResponse:
    """What is served and how to request it, on one page without scripts."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("docs.html.j2").render(
        build_id=opened.build_id,
        built_at=opened.built_at,
        tables=list(opened.tables.values()),
        questions=questions,
        has_sql=has_sql,
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
