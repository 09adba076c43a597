"""Every input of a publication or its brief changes the fingerprint, and nothing else does."""

import shutil
from pathlib import Path

import pytest

from orchestration import change_detection
from orchestration.change_detection import fingerprint
from tests.conftest import REPOSITORY


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the code that publishes and writes the brief, in place of ours."""
    unwanted = shutil.ignore_patterns("data", "__pycache__")
    for name in ("warehouse", "orchestration/brief"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=unwanted)
    for name in ("orchestration/pipeline/raw_layer.py", "docs/limitations.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, tmp_path / name)
    monkeypatch.setattr(change_detection, "PROJECT_ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "pattern",
    [
        "orchestration/brief/sql/*.sql",
        "orchestration/brief/sheets/sql/*.sql",
        "orchestration/brief/sheets/labels.csv",
        "orchestration/brief/template/*",
        "orchestration/brief/words.csv",
        "orchestration/brief/questions.py",
        "warehouse/sheet/*.sql",
        "warehouse/queries/*.sql",
        "warehouse/feed/sql/*.sql",
        "warehouse/macros/*.sql",
        "warehouse/data_to.sql",
        "warehouse/publish.py",
        "orchestration/pipeline/raw_layer.py",
        "docs/limitations.md",
    ],
)
def test_every_file_of_a_kind_counts(checkout: Path, pattern: str) -> None:
    before = fingerprint([])
    found = sorted(checkout.glob(pattern))
    assert found
    for file in found:
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        assert fingerprint([]) != before, file
        file.write_bytes(text)
    assert fingerprint([]) == before


def test_the_home_and_compiled_code_do_not_count(checkout: Path) -> None:
    before = fingerprint([])
    for name in ("warehouse/data/minerals.duckdb", "orchestration/brief/__pycache__/page.pyc"):
        (checkout / name).parent.mkdir(parents=True)
        (checkout / name).write_bytes(b"new")
    assert fingerprint([]) == before
