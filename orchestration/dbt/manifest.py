"""dbt's manifest: parsed once for each state of the dbt project, and never by two processes at once.

The manifest is content-addressed (`dbt_project/target/manifests/<hash>.json`), so loading the definitions
only hashes the project's files, and never reads a half-written or outdated manifest.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from orchestration.settings import PROJECT_ROOT, read_settings
from warehouse import data_tests

PROJECT_DIR = PROJECT_ROOT / "dbt_project"
PROJECT_NAME = "minerals"
MANIFESTS = PROJECT_DIR / "target" / "manifests"
DBT_EXECUTABLE = Path(sys.executable).with_name("minerals-dbt")
_PARTS = ("dbt_project.yml", "profiles.yml", "models", "seeds", "macros", "tests", "snapshots", "analyses")
_RECORD = Path("partial_parse.msgpack")


class DbtParseError(RuntimeError):
    """The dbt project does not parse; the message contains dbt's error."""


def project_fingerprint(project_dir: Path = PROJECT_DIR) -> str:
    """Hash of the target and of every file that dbt reads, by path and content."""
    digest = hashlib.sha256(read_settings().dbt_target.encode())
    for part in _PARTS:
        root = project_dir / part
        for path in sorted(root.rglob("*") if root.is_dir() else [root]):
            if path.is_file():
                digest.update(f"{path.relative_to(project_dir)}\0".encode())
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def manifest_path() -> Path:
    """The path of the manifest for the current files of the project."""
    return MANIFESTS / f"{project_fingerprint()}.json"


def ensure_manifest() -> Path:
    """The path of the current manifest; parses the project first if it is missing.

    Raises:
        DbtParseError: dbt cannot parse the project.
    """
    manifest = manifest_path()
    if manifest.exists():
        return manifest
    MANIFESTS.mkdir(parents=True, exist_ok=True)
    with FileLock(MANIFESTS / ".lock"):
        if not manifest.exists():
            _parse(manifest)
    return manifest


@contextmanager
def being_parsed() -> Iterator[None]:
    """Parse the project on another core during the block, so that `ensure_manifest` finds the result."""

    def parse() -> None:
        with suppress(DbtParseError):
            ensure_manifest()

    parsing = threading.Thread(target=parse, name="dbt parse")
    parsing.start()
    try:
        yield
    finally:
        parsing.join()


def parse_record(manifest: Path) -> Path:
    """The partial parse that belongs to a manifest, which spares another dbt process the parsing."""
    return manifest.with_suffix(_RECORD.suffix)


def seed_partial_parse(manifest: Path, target: Path) -> None:
    """Copy dbt's partial parse into ``target``, unless an earlier build left one there.

    dbt parses again if the environment differs from that of the parse.
    """
    parsed, record = parse_record(manifest), target / _RECORD
    if parsed.exists() and not record.exists():
        shutil.copyfile(parsed, record)


def dbt_command(*words: str, target: Path) -> list[str]:
    """The command that runs dbt on the project without Dagster, with artifacts in ``target``."""
    quiet = [str(DBT_EXECUTABLE), "--quiet", "--no-use-colors"]
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    return [*quiet, *words, *folders, "--target-path", str(target)]


def load_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest and adapt it for Dagster.

    A singular test over several tables becomes a check of the most downstream of them; among several, of the
    first that it names. If tests run outside dbt (`warehouse.data_tests`), the generic tests of a table
    become one check, with their unique ids as its ``tests``.
    """
    manifest: dict[str, Any] = orjson.loads(path.read_bytes())
    nodes = manifest["nodes"]
    for node in nodes.values():
        if node["resource_type"] != "test" or node.get("attached_node"):
            continue
        if table := data_tests.checked_table(node, nodes):
            node["attached_node"] = table
            # A test's own setting would take precedence, and may name a table that the test does not read.
            node["meta"] = node["config"]["meta"] = {}
    if not read_settings().is_built_elsewhere:
        _join_rules(manifest)
    return manifest


def _join_rules(manifest: dict[str, Any]) -> None:
    """Replace a table's blocking generic tests by one check, and its warning ones by another."""
    nodes, children, parents = manifest["nodes"], manifest["child_map"], manifest["parent_map"]
    for table, keys in data_tests.generic_by_table(manifest).items():
        children[table] = [key for key in children[table] if key not in keys]
        for severity, suffix in (("error", ""), ("warn", "_warn")):
            joined = [
                key for key in keys if (nodes[key]["config"]["severity"] or "error").lower() == severity
            ]
            if not joined:
                continue
            name = f"rules_of_{table.split('.')[-1]}{suffix}"
            unique_id = f"test.{PROJECT_NAME}.{name}"
            read = sorted({parent for key in joined for parent in parents[key]})
            rules = ", ".join(nodes[key]["name"] for key in joined)
            nodes[unique_id] = nodes[joined[0]] | {
                "name": name,
                "unique_id": unique_id,
                "fqn": [PROJECT_NAME, name],
                "depends_on": {"macros": [], "nodes": read},
                "meta": {"description": f"The rules of its columns and its grain: {rules}."},
                "test_metadata": None,
                "tests": joined,
            }
            parents[unique_id] = read
            for parent in {*read, table}:
                children[parent] = [*children[parent], unique_id]
        for key in keys:
            for parent in parents.pop(key):
                children[parent] = [child for child in children[parent] if child != key]
            del nodes[key], children[key]


def _parse(manifest: Path) -> None:
    with tempfile.TemporaryDirectory(dir=MANIFESTS) as target:
        # The environment must be that of a build, or dbt would parse again everything that reads a differing
        # variable.
        state = {"MINERALS_PROJECT": manifest.stem, "DBT_LOG_PATH": target}
        environment = os.environ | read_settings().dbt_environment() | state
        parsed = subprocess.run(  # noqa: S603
            dbt_command("parse", target=Path(target)),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if parsed.returncode != 0:
            raise DbtParseError(f"dbt cannot parse {PROJECT_DIR}:\n{parsed.stdout}{parsed.stderr}".strip())
        for outdated in [*MANIFESTS.glob("*.json"), *MANIFESTS.glob(f"*{_RECORD.suffix}")]:
            outdated.unlink()
        (Path(target) / _RECORD).replace(parse_record(manifest))
        (Path(target) / "manifest.json").replace(manifest)
