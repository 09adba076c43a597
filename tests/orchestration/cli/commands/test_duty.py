"""`minerals duty`: countries by name in three languages, and a hint if one is given among the goods."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app


@pytest.fixture(autouse=True)
def home(published_starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_HOME", str(published_starter))


@pytest.mark.parametrize(
    ("origin", "code"), [("Chine", "CHN"), ("Alemania", "DEU"), ("DE", "DEU"), ("CHN", "CHN")]
)
def test_an_origin_is_known_by_its_names(origin: str, code: str) -> None:
    ended = CliRunner().invoke(app, ["duty", "graphite", "--from", origin, "--format", "csv"])
    assert ended.exit_code == 0
    columns, *rows = [line.split(",") for line in ended.stdout.splitlines()]
    assert rows
    assert code in rows[0]
    assert "origin_iso3" in columns


def test_a_country_among_the_goods_is_an_origin() -> None:
    ended = CliRunner().invoke(app, ["duty", "graphite", "Chine"], env={"COLUMNS": "200"})
    assert ended.exit_code == 1
    assert "`minerals duty graphite --from Chine`" in " ".join(ended.output.split())
