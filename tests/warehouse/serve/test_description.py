"""The server compared with its own description: Schemathesis sends requests within and outside
`/openapi.json`.
"""

import subprocess
import venv
from pathlib import Path

import pytest

from tests.warehouse.serve.conftest import served

TOOL = "schemathesis==4.32.5"
NOT_HELD_AGAINST = "positive_data_acceptance"
"""Responses that are accepted: a filter with a wrong value gets 400, since the description gives only its
form.
"""


@pytest.mark.long
def test_the_server_keeps_to_its_description(published: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "tool", with_pip=True)
    python = tmp_path / "tool" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", TOOL]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("Schemathesis cannot be installed here")
    with served(published, sql=True) as address:
        run = subprocess.run(
            [
                *(tmp_path / "tool" / "bin" / "schemathesis", "run", f"{address}/openapi.json"),
                *("--phases", "coverage,fuzzing", "--mode", "all", "--max-examples", "20", "--seed", "24"),
                *("--exclude-checks", NOT_HELD_AGAINST, "--suppress-health-check", "all"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-6000:]
    assert "Tested" in run.stdout
