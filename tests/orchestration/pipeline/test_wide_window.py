"""Once a month a nightly refresh uses the wide window, however it is started."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ingest.refresh import SourceOutcome
from orchestration.assets import sources
from orchestration.pipeline import wide_window
from orchestration.resources import RefreshOptions
from orchestration.settings import Settings, read_settings


def outcome(*problems: str) -> SourceOutcome:
    return SourceOutcome("census_bulk", "live", True, "", None, None, (), (), problems=problems)


def test_the_first_fetch_begins_the_count(settings: Settings) -> None:
    assert not wide_window.is_due(settings, "census_bulk", date(2027, 5, 20))
    wide_window.note(settings, outcome(), date(2027, 5, 20), is_wide=False)
    assert not wide_window.is_due(settings, "census_bulk", date(2027, 6, 11))
    assert wide_window.is_due(settings, "census_bulk", date(2027, 6, 12))
    assert wide_window.is_due(settings, "census_bulk", date(2027, 6, 30)), "missed nights are made up for"
    assert wide_window.is_due(settings, "census_bulk", date(2028, 1, 3))


def test_only_a_complete_deep_fetch_counts(settings: Settings) -> None:
    wide_window.note(settings, outcome(), date(2027, 5, 20), is_wide=False)
    wide_window.note(settings, outcome(), date(2027, 6, 12), is_wide=False)
    wide_window.note(settings, outcome("a chapter did not come"), date(2027, 6, 12), is_wide=True)
    assert wide_window.is_due(settings, "census_bulk", date(2027, 6, 13))
    wide_window.note(settings, outcome(), date(2027, 6, 13), is_wide=True)
    assert not wide_window.is_due(settings, "census_bulk", date(2027, 7, 11))
    assert wide_window.is_due(settings, "census_bulk", date(2027, 7, 12))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("options", "asks_deep"),
    [
        ({"include_heavy": True}, True),
        ({}, False),
        ({"wide_window": True}, True),
        ({"include_heavy": True, "offline": True}, None),
    ],
)
def test_the_night_asks_for_all_of_it_when_it_is_due(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, bool], asks_deep: bool | None
) -> None:
    monkeypatch.setenv("MINERALS_OFFLINE", "false")
    settings = read_settings()
    module = sources.modules()["boc_fx"]
    (settings.home / "deep").mkdir(parents=True)
    (settings.home / "deep" / "boc_fx").write_text("2020-01-01")
    asked: list[bool | None] = []

    def refresh_and_record(*given: Any) -> SourceOutcome:
        ask = given[2]
        asked.append(None if ask is None else ask.wide_window)
        return SourceOutcome("boc_fx", "live", False, "", None, None, (), ())

    monkeypatch.setattr(sources, "refresh_and_record", refresh_and_record)
    list(sources.refresh_all([module], settings, RefreshOptions(**options)))
    assert asked == [asks_deep]
    mark = (settings.home / "deep" / "boc_fx").read_text()
    assert mark == (datetime.now(UTC).date().isoformat() if asks_deep else "2020-01-01")


def test_an_unfinished_round_continues_from_its_first_night(settings: Settings) -> None:
    def at(month: int, day: int) -> datetime:
        return datetime(2027, month, day, 11, 30, tzinfo=UTC)

    wide_window.note(settings, outcome(), date(2027, 5, 20), is_wide=False)
    assert wide_window.going_on_since(settings, "census_bulk", at(6, 12)) == at(6, 12)
    wide_window.note(settings, outcome("a chapter did not come"), date(2027, 6, 12), is_wide=True)
    assert wide_window.going_on_since(settings, "census_bulk", at(6, 13)) == at(6, 12)
    wide_window.note(settings, outcome(), date(2027, 6, 13), is_wide=True)
    assert wide_window.going_on_since(settings, "census_bulk", at(7, 13)) == at(7, 13)
    # a round that never finishes does not last beyond the month
    assert wide_window.going_on_since(settings, "census_bulk", at(8, 12)) == at(8, 12)
