"""The house rules: which way imports point, and what the repository may not contain."""

import ast
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST, REPOSITORY

ALLOWED = {
    "ingest": {"ingest"},
    "warehouse": {"warehouse"},
    "orchestration": {"orchestration", "ingest", "warehouse"},
}
FORBIDDEN_LIBRARIES = {
    "ingest": {"duckdb", "dagster", "dagster_dbt", "dbt"},
    "warehouse": {"dagster", "dagster_dbt"},
    "orchestration": set(),
}


def imports_of(path: Path) -> set[str]:
    """Top-level names of everything that a module imports, including inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", ALLOWED)
def test_arrows_run_one_way(package: str) -> None:
    found = (REPOSITORY / package).rglob("*.py")
    modules = sorted(path for path in found if not path.is_relative_to(REPOSITORY / "warehouse" / "data"))
    assert modules
    for module in modules:
        found = imports_of(module)
        strays = (found & ALLOWED.keys()) - ALLOWED[package] | found & FORBIDDEN_LIBRARIES[package]
        assert not strays, f"{module.relative_to(REPOSITORY)} imports {sorted(strays)}"


def modules_of(path: Path) -> set[str]:
    """Full names of everything that a module imports, including inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported_modules() -> dict[str, set[str]]:
    """The modules of the three packages, each with the modules that it imports."""
    files: dict[str, Path] = {}
    for package in ALLOWED:
        for path in (REPOSITORY / package).rglob("*.py"):
            if not path.is_relative_to(REPOSITORY / "warehouse" / "data"):
                name = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
                files[name.removesuffix(".__init__")] = path
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        found = {full if full in files else full.rpartition(".")[0] for full in modules_of(path)}
        graph[name] = found & files.keys() - {name}
    return graph


def test_imports_have_no_cycle() -> None:
    """Modules can be sorted by imports, and so can rooms: a folder of a wing, or a module directly in it."""
    modules = imported_modules()
    assert len(modules) > 100
    tuple(TopologicalSorter(modules).static_order())
    rooms: dict[str, set[str]] = {}
    for name, imported in modules.items():
        for other in imported:
            here, there = (".".join(one.split(".")[:2]) for one in (name, other))
            if here != there:
                rooms.setdefault(here, set()).add(there)
    assert rooms
    tuple(TopologicalSorter(rooms).static_order())


def test_the_pipeline_never_imports_dagster() -> None:
    for module in sorted((REPOSITORY / "orchestration" / "pipeline").rglob("*.py")):
        assert not imports_of(module) & {"dagster", "dagster_dbt"}, module.name
        rooms = {name.split(".")[1] for name in modules_of(module) if name.startswith("orchestration.")}
        assert rooms <= {"pipeline", "settings"}, f"{module.name} imports {sorted(rooms)}"


def test_private_parts_of_dagster_are_touched_in_one_room() -> None:
    room = REPOSITORY / "orchestration" / "instance"
    touching = set()
    for module in sorted((REPOSITORY / "orchestration").rglob("*.py")):
        if any(name.startswith("dagster._") for name in modules_of(module)):
            assert module.is_relative_to(room), f"{module.relative_to(REPOSITORY)} is outside instance/"
            touching.add(module)
    assert touching
    for module in touching:
        words = " ".join((ast.get_docstring(ast.parse(module.read_text())) or "").split())
        assert "Seen in Dagster 1." in words, f"{module.name} does not name the version"
        assert "may be removed when" in words, f"{module.name} does not state when it may be removed"


def test_no_mart_reads_raw_or_staging() -> None:
    for model in (REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.sql"):
        text = model.read_text()
        assert "source(" not in text, model.name
        assert "ref('stg_" not in text, model.name
        assert "current_rows(" not in text, model.name


def test_lock_names_no_address() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text()
    assert "://" not in lock
    assert "index-url" not in lock
    assert lock.count("--hash=sha256:") > lock.count("==")


def test_no_tracked_file_is_large() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    starter = 0
    for name in listed.stdout.splitlines():
        path = REPOSITORY / name
        size = path.stat().st_size if path.exists() else 0
        if name.startswith("ingest/starter/"):
            starter += size
        else:
            assert size <= 1 << 20, f"{name} weighs {size} bytes"
    assert starter <= 15 << 20


def test_make_has_at_most_eight_targets() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:"))
    assert len(phony.split()[1:]) <= 8


def test_the_files_that_newcomers_open_first_exist() -> None:
    assert [path for path in LONGEST_FIRST if not (REPOSITORY / path).exists()] == []
