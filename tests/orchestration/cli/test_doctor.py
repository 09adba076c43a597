"""`minerals doctor` against local publishers with recorded responses, unexpected ones, or none."""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import doctor
from orchestration.cli.app import app
from tests.ingest import recorded
from tests.ingest.publishers import BY_HAND
from tests.ingest.recorded import RECORDED
from tests.ingest.servers import ANY, HTML, Reply, Route, Server, serve

pytestmark = pytest.mark.usefixtures("home")

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
KEY = "k" * 40


class _Clock(datetime):
    """The day on which the recorded responses were current."""

    @classmethod
    def now(cls, tz: object = None) -> "datetime":  # noqa: ARG003
        return NOW


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MINERALS_PACE", "0")
    monkeypatch.setattr(doctor, "datetime", _Clock)
    monkeypatch.delenv("MINERALS_OFFLINE", raising=False)
    return CliRunner()


@contextmanager
def publishers(monkeypatch: pytest.MonkeyPatch, **others: dict[str, Route]) -> Iterator[dict[str, Server]]:
    """Every publisher with its recorded responses, except those with the given routes."""
    with ExitStack() as running:
        servers = {}
        for name, routes in RECORDED.items():
            servers[name] = running.enter_context(serve(others.get(name) or routes()))
            monkeypatch.setenv(f"MINERALS_{name.upper()}_URL", servers[name].url)
        yield servers


def test_all_is_well_with_the_keys_at_hand(cli: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENSUS_API_KEY", KEY)
    with publishers(monkeypatch):
        ended = cli.invoke(app, ["doctor", "--format", "json"])
    assert ended.exit_code == 0, ended.output
    found = {row["source_id"]: row for row in json.loads(ended.stdout)}
    assert {name for name, row in found.items() if row["state"] == "by hand"} == BY_HAND
    assert {row["state"] for name, row in found.items() if name not in BY_HAND} == {"well"}
    assert found["census_api"]["key"] == "accepted"
    assert found["comtrade"]["key"] == "optional"
    assert found["census_bulk"]["newest_there"] == "2026-09"
    assert found["usitc_hts"]["newest_there"] == "2026_rev_17"
    assert found["usgs_mcs"]["newest_there"] == "2026"
    assert KEY not in ended.output


def test_the_newest_period_held_is_compared_with_the_published_one(
    cli: CliRunner, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    left = {
        "source_id": "boc_fx",
        "mode": "archived",
        "changed": False,
        "note": "",
        "newest_period": "2026-08-01",
        "fetched_at": None,
    }
    (home / "outcomes").mkdir(parents=True)
    (home / "outcomes" / "boc_fx.json").write_text(json.dumps(left))
    with publishers(monkeypatch):
        ended = cli.invoke(app, ["doctor", "--sources", "boc_fx,worldbank_wgi", "--format", "json"])
    rows = json.loads(ended.stdout)
    assert [(row["newest_there"], row["newest_here"]) for row in rows] == [
        ("2026-10", "2026-08"),
        ("2024", "nothing"),
    ]


def test_a_source_that_needs_attention_ends_with_1_and_an_advice(
    cli: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange: dict[str, dict[str, Route]] = {
        "worldbank_prices": recorded.worldbank_prices(last=(2025, 12), edition=2025),
        "worldbank_wgi": {ANY: Reply(json.dumps(recorded.WGI_GONE).encode())},
        "boc_fx": {ANY: HTML},
        "wits_trains": {ANY: Reply(b"busy", 503, "text/plain", validators=False)},
    }
    with publishers(monkeypatch, **strange):
        ended = cli.invoke(app, ["doctor"])
    assert ended.exit_code == 1
    lines = ended.stdout.splitlines()
    assert not [line for line in lines if line.startswith("   ")], "output to a pipe is not wrapped"
    needy, knowing = ended.stdout.split("Worth knowing")
    for name in ("worldbank_prices", "worldbank_wgi", "boc_fx"):
        assert f"  {name}: " in needy
    assert "ends in 2025-12" in " ".join(needy.split())
    assert "CENSUS_API_KEY" in knowing
    assert "wits_trains: " in knowing
    assert "answered 503" in knowing
    assert "3 need attention." in lines[-1]
    words = set(ended.stdout.split())
    assert words >= {"census_bulk", "federal_register", "worldbank_prices", "attention", "unknown", "missing"}


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_diagnosis_fits_every_window(width: int) -> None:
    busy = doctor.Diagnosis(
        source_id="worldbank_prices",
        state="not reached",
        key="not needed",
        shape="unknown",
        newest_there="2026-10",
        newest_here="nothing",
        said="thedocs.worldbank.org answered 503 after 30 seconds, three times in a row.",
        advice="No action needed unless it lasts for days.",
        host="thedocs.worldbank.org",
        seconds=30.0,
    )
    page = io.StringIO()
    doctor.print_diagnoses([busy], Console(file=page, width=width, force_terminal=True, color_system=None))
    assert max(map(len, page.getvalue().splitlines())) <= width
    words = set(page.getvalue().split())
    assert words >= {"worldbank_prices", "2026-10", "unknown", "thedocs.worldbank.org", "days."}


def test_one_unreachable_source_needs_no_attention(cli: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve({}) as server:
        monkeypatch.setenv("MINERALS_BOC_FX_URL", server.url)
    ended = cli.invoke(app, ["doctor", "--sources", "boc_fx"])
    assert ended.exit_code == 0
    assert "not reached" in ended.stdout
    assert "refused" in ended.stdout


def test_without_a_network_one_sentence_ends_it_at_once(
    cli: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "NO_NETWORK_S", 1.0)
    with serve({}) as server:
        gone = server.url
    for at, name in enumerate(RECORDED):
        monkeypatch.setenv(f"MINERALS_{name.upper()}_URL", gone.replace("127.0.0.1", f"127.0.0.{at + 1}"))
    ended = cli.invoke(app, ["doctor"])
    assert ended.exit_code == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "No publisher can be reached from this machine" in ended.stderr


def test_a_host_that_hangs_is_not_waited_for(cli: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LONGEST_S", 2.0)
    with publishers(monkeypatch, boc_fx={ANY: Reply(b"{}", stall_s=5)}):
        ended = cli.invoke(app, ["doctor", "--sources", "boc_fx,worldbank_wgi", "--format", "json"])
    slow, well = json.loads(ended.stdout)
    assert (slow["state"], well["state"]) == ("not reached", "well")
    assert "No answer within 2 s" in slow["said"]


def test_offline_contacts_no_publisher(cli: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    with publishers(monkeypatch) as servers:
        monkeypatch.setenv("MINERALS_OFFLINE", "true")
        ended = cli.invoke(app, ["doctor"])
        assert ended.exit_code == 1
        assert "MINERALS_OFFLINE is set" in ended.stderr
        assert not any(server.asked for server in servers.values())


def test_an_unknown_source_is_misuse(cli: CliRunner) -> None:
    ended = cli.invoke(app, ["doctor", "--sources", "boc_fx,atlantis"])
    assert ended.exit_code == 2
    assert "atlantis" in ended.stderr


def test_a_key_in_an_address_is_not_shown(cli: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve({ANY: Reply(b"no", 403, "text/plain", validators=False)}) as server:
        secret = server.url.replace("http://", "http://me:h1dden@")
        monkeypatch.setenv("MINERALS_BOC_FX_URL", secret)
        ended = cli.invoke(app, ["doctor", "--sources", "boc_fx"])
    assert ended.exit_code == 1
    assert "h1dden" not in ended.output
