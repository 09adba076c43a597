"""Assemble the page: queried sections, chart specifications, text, styles and the inlined chart runtime."""

import hashlib
import json
import os
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from orchestration.brief.questions import SECTIONS, headline_cards
from orchestration.brief.sections import read_section
from warehouse.connect import connect

HERE = Path(__file__).parent


@cache
def chart_runtime() -> str:
    """Vega, Vega-Lite and vega-embed as one script, out of the installed package; nothing is downloaded."""
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def script_json(value: object) -> Markup:
    """JSON that is safe inside a script element, whatever text the figures carry."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in the brief's data")


def build(published: Path, out: Path, *, today: date | None = None) -> Path:
    """Write the brief for the published warehouse file.

    Args:
        published: `minerals.duckdb`, opened read-only.
        out: the folder that receives `index.html`; the page is replaced in one step.
        today: the day from which days left are counted; the current day in UTC if not given.

    Returns:
        The path of the page.
    """
    day = today or datetime.now(UTC).date()
    with connect(published) as con:
        sections = [read_section(con, section, day) for section in SECTIONS]
        cards = headline_cards(con, day)
        build_info = con.execute("select build_id, built_at from meta.build_info").fetchone()
    environment = Environment(
        loader=FileSystemLoader(HERE / "template"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["script_json"] = script_json
    page = environment.get_template("index.html.j2").render(
        cards=cards,
        sections=sections,
        build_id=build_info[0] if build_info else "unknown",
        built_at=build_info[1] if build_info else None,
        today=day,
        style=Markup((HERE / "template" / "style.css").read_text(encoding="utf-8")),  # noqa: S704
        script=Markup((HERE / "template" / "page.js").read_text(encoding="utf-8")),  # noqa: S704
        runtime=Markup(chart_runtime().replace("</script", "<\\/script")),  # noqa: S704
    )
    out.mkdir(parents=True, exist_ok=True)
    target = out / "index.html"
    draft = out / f".index.{hashlib.sha256(page.encode()).hexdigest()[:12]}.tmp"
    draft.write_text(page, encoding="utf-8")
    os.replace(draft, target)
    return target



