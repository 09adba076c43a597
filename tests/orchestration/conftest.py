"""Each test gets a new home without network; the definitions are loaded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance, Definitions

from orchestration.settings import Settings, read_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty MINERALS_HOME; all other settings are removed from the environment."""
    for name in list(Settings.model_fields):
        monkeypatch.delenv(f"MINERALS_{name.upper()}", raising=False)
    for name in ("CENSUS_API_KEY", "COMTRADE_API_KEY", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINERALS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MINERALS_OFFLINE", "true")
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    """The settings of that home."""
    assert home.is_absolute()
    return read_settings()


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    """A Dagster instance for the duration of the test."""
    with DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture(scope="session")
def definitions() -> Definitions:
    """The code location of this checkout."""
    from orchestration.definitions import defs  # noqa: PLC0415  (may parse the dbt project)

    return defs
