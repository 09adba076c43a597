"""The fingerprint of a parser: which code changes it and which does not."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingest import parsed


def of(source_id: str) -> Any:
    return importlib.import_module(f"ingest.sources.{source_id}")


def test_the_fingerprint_covers_all_modules_of_a_package(tmp_path: Path) -> None:
    package: Any = ModuleType("package")
    package.__file__ = str(tmp_path / "__init__.py")
    (tmp_path / "__init__.py").write_text("main")
    (tmp_path / "columns.py").write_text("a misprint")
    before, other = parsed.fingerprint(package), parsed.fingerprint(of("census_bulk"))
    (tmp_path / "columns.py").write_text("the misprint put right")
    assert parsed.fingerprint(package) != before
    assert parsed.fingerprint(of("census_bulk")) == other


@pytest.mark.parametrize("source_id", ["usgs_mcs", "usitc_hts", "census_bulk", "comtrade"])
def test_the_large_sources_are_packages(source_id: str) -> None:
    own = parsed._own_files(of(source_id))
    assert own
    assert all(path.parent.name == source_id for path in own)


def test_the_engine_is_not_part_of_the_fingerprint() -> None:
    here = Path(parsed.__file__).parent
    shared = {path.name for pattern in parsed.SHARED_BY_PARSERS for path in here.glob(pattern)}
    assert {"csv.py", "zips.py", "contracts.py", "scope.py"} <= shared
    assert not shared & {"refresh.py", "admission.py", "archive.py", "fetch.py", "gates.py", "session.py"}
