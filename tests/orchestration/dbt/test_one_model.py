"""`make model` runs dbt with a refresh's environment and lock, and leaves the refresh's artifacts alone."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestration.dbt import one_model
from orchestration.dbt.manifest import project_fingerprint
from orchestration.settings import Settings
from warehouse.lock import WriterBusyError, writer_lock


def test_dbt_runs_as_in_a_refresh(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], env: dict[str, str], **_: Any) -> subprocess.CompletedProcess[str]:
        with pytest.raises(WriterBusyError), writer_lock(settings.home, "another", wait_seconds=0):
            pass
        ran.append((command, env))
        return subprocess.CompletedProcess(command, 3)

    manifest = tmp_path / f"{project_fingerprint()}.json"
    manifest.write_text('{"unit_tests": {"unit_test.minerals.a_unit_test": {"name": "a_unit_test"}}}')
    monkeypatch.setattr(one_model, "ensure_manifest", lambda: manifest)
    monkeypatch.setattr(one_model.subprocess, "run", run)
    assert one_model.run(["fct_trade", "a_unit_test"]) == 3
    assert one_model.run(["a_unit_test"]) == 3
    [(command, env), (alone, _)] = ran
    assert alone[1:4] == ["test", "--select", "a_unit_test"]
    assert command[1:5] == ["build", "--select", "fct_trade", "a_unit_test"]
    assert env["MINERALS_PROJECT"] == project_fingerprint()
    assert env["MINERALS_HOME"] == str(settings.home)
    assert command[-1] == env["DBT_LOG_PATH"] == str(settings.home / "dbt" / "by_hand")


def test_a_missing_name_or_build_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["one_model"])
    with pytest.raises(SystemExit, match="Name a model"):
        one_model.main()
    monkeypatch.setattr("sys.argv", ["one_model", "fct_trade"])
    with pytest.raises(SystemExit, match=str(settings.build_path)):
        one_model.main()
