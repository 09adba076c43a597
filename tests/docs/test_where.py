"""`docs/where.md` agrees with the code, and the naming rules that it states are followed."""

import re
import runpy

from orchestration.cli.app import COMMANDS
from orchestration.pipeline.sources import modules
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"


def test_the_page_is_current() -> None:
    page = runpy.run_path(str(DOCS / "where.py"))["page"]()
    kept = (DOCS / "where.md").read_text(encoding="utf-8")
    missing = sorted(set(page.splitlines()) - set(kept.splitlines()))
    assert page == kept, f"`.venv/bin/python docs/where.py` writes it again; new lines: {missing[:5]}"


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((\.\./[^)]+)\)", (DOCS / "where.md").read_text(encoding="utf-8"))
    assert len(links) > 500
    assert not [link for link in links if not (DOCS / link).exists()]


def test_a_command_is_in_the_module_of_its_name() -> None:
    for command in COMMANDS:
        assert command.__module__ == f"orchestration.cli.commands.{command.__name__}"


def test_a_source_has_its_module_staging_and_test_under_its_name() -> None:
    unstaged = set()
    for name in modules():
        assert (REPOSITORY / "tests" / "ingest" / "sources" / f"test_{name}.py").is_file(), name
        if not (REPOSITORY / "dbt_project" / "models" / "staging" / name).is_dir():
            unstaged.add(name)
    assert not unstaged
