"""The Bank of Canada's daily rates become monthly means."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import boc_fx
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.publishers.boc_fx import fx_answer, routes
from tests.ingest.servers import Reply, serve

FACTS = FileFacts("FXUSDCAD.json", "FXUSDCAD", date(2026, 11, 1))


def test_a_month_is_the_mean_of_its_business_days(tmp_path: Path) -> None:
    path = tmp_path / "fx.json"
    content = orjson.loads(fx_answer(date(2026, 9, 1), date(2026, 10, 31), "1.30"))
    content["observations"][0]["FXUSDCAD"]["v"] = "1.52"
    path.write_bytes(orjson.dumps(content))
    frame = boc_fx.parse(path, FACTS)["boc_fx__monthly"]
    september, october = frame.rows()
    assert september == (date(2026, 9, 1), 1.31, 22)
    assert october == (date(2026, 10, 1), 1.3, 22)
    assert accept(boc_fx.MONTHLY, frame).refused.is_empty()


def test_a_month_under_way_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "fx.json"
    path.write_bytes(fx_answer(date(2026, 9, 1), date(2026, 10, 9)))
    assert boc_fx.parse(path, FACTS)["boc_fx__monthly"]["period"].to_list() == [date(2026, 9, 1)]


@pytest.mark.parametrize("entry", [{"v": ""}, {"v": None}, {}, None])
def test_a_day_without_a_rate_is_no_day_of_the_mean(tmp_path: Path, entry: dict[str, str] | None) -> None:
    path = tmp_path / "fx.json"
    content = orjson.loads(fx_answer(date(2017, 1, 3), date(2026, 10, 31), "1.25"))
    days = [observed["d"] for observed in content["observations"]]
    content["observations"][days.index("2026-04-03")]["FXUSDCAD"] = entry
    path.write_bytes(orjson.dumps(content))
    frame = boc_fx.parse(path, FACTS)["boc_fx__monthly"]
    assert frame.height == 118
    assert frame.filter(period=date(2026, 4, 1)).rows() == [(date(2026, 4, 1), 1.25, 21)]


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[1]",
        b'{"observations": [{"d": "2026-09',
        b'{"observations": [{"d": "x", "FXUSDCAD": {"v": "1"}}]}',
    ],
)
def test_another_answer_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "fx.json"
    path.write_bytes(content)
    with pytest.raises(ParseError, match=r"FXUSDCAD\.json: "):
        boc_fx.parse(path, FACTS)


def test_the_answer_changes_once_a_month(tmp_path: Path) -> None:
    with serve(routes(NOW)) as server:
        first = refresh(boc_fx, tmp_path, server)
        bodies = server.body_bytes
        same_month = refresh(boc_fx, tmp_path, server, NOW + timedelta(days=5))
        assert server.body_bytes == bodies
        next_month = refresh(boc_fx, tmp_path, server, datetime(2026, 12, 2, tzinfo=UTC))
    assert (first.mode, first.newest_period) == ("live", date(2026, 10, 1))
    assert not same_month.changed
    assert (next_month.changed, next_month.newest_period) == (True, date(2026, 11, 1))
    assert rows(first, "boc_fx__monthly")["period"].min() == date(2017, 1, 1)


def test_a_series_that_stopped_is_refused(tmp_path: Path) -> None:
    stopped = Reply(fx_answer(date(2017, 1, 1), date(2026, 6, 30)))
    with serve({"/observations/FXUSDCAD/json": stopped}) as server:
        outcome = refresh(boc_fx, tmp_path, server)
    assert "an outdated file" in outcome.note
