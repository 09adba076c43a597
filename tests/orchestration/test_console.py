"""The terminal shows each download on its way, and only while it is."""

import io

from rich.console import Console

from orchestration.console import shown
from orchestration.downloads import teller


def test_a_download_has_a_bar_until_it_has_arrived() -> None:
    terminal = io.StringIO()
    with shown(Console(file=terminal, force_terminal=True, width=100, height=20), 3):
        tell = teller("census_bulk")
        tell("IMDB2609.ZIP", 30_000_000, 60_000_000)
        tell("EXDB2609.ZIP", 10_000_000, None)
        tell("IMDB2609.ZIP", 60_000_000, 60_000_000)
        tell("EXDB2609.ZIP", 12_000_000, 12_000_000)
    last_frame = terminal.getvalue().rsplit("refresh", 1)[-1]
    assert "census_bulk IMDB2609.ZIP" in terminal.getvalue()
    assert "30.0 MB of 60.0 MB" in terminal.getvalue()
    assert "IMDB" not in last_frame
    assert "EXDB" not in last_frame


def test_nothing_is_drawn_where_there_is_no_terminal() -> None:
    plain = io.StringIO()
    with shown(Console(file=plain), 3):
        teller("census_bulk")("IMDB2609.ZIP", 1, 2)
    assert "IMDB" not in plain.getvalue()
