"""Run a nightly refresh in its own process, as the schedule does, and measure it."""

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from tests.programs import MINERALS

FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


@dataclass
class Night:
    """Result and cost of a refresh: seconds, CPU seconds, megabytes."""

    name: str
    returncode: int
    output: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    disk_mb: dict[str, float] = field(default_factory=dict)


def clock(now: datetime | None) -> dict[str, str]:
    """The environment that sets the clock of a program and its children; empty for the real clock."""
    if now is None:
        return {}
    ahead = round((now - datetime.now(UTC)).total_seconds())
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": f"{ahead:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": str(Path(__file__).parent / "clock"),
    }


def refresh(
    name: str,
    home: Path,
    urls: Mapping[str, str],
    *arguments: str,
    keys: Mapping[str, str],
    now: datetime | None = None,
) -> Night:
    """Run `minerals refresh` on a home, with the publishers at these addresses."""
    home.mkdir(parents=True, exist_ok=True)
    places = {"MINERALS_HOME": str(home), "HOME": str(home), "PATH": os.environ["PATH"], "MINERALS_PACE": "0"}
    log = home.parent / f"{home.name}-{name.replace(' ', '-')}.txt"
    start = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [MINERALS, "refresh", *arguments],
            env={**places, **keys, **urls, **clock(now)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Night(
        name,
        process.returncode,
        log.read_text(errors="replace"),
        round(time.monotonic() - start, 1),
        round(used.ru_utime + used.ru_stime, 1),
        round(used.ru_maxrss / 1024, 0),
        disk(home),
    )


def disk(home: Path) -> dict[str, float]:
    """Megabytes by entry of a home."""
    sizes: dict[str, float] = {}
    for path in home.rglob("*"):
        if path.is_file() and not path.is_symlink():
            part = path.relative_to(home).parts[0]
            sizes[part] = sizes.get(part, 0) + path.stat().st_size / 1e6
    return {name: round(size, 1) for name, size in sorted(sizes.items())}


def ask(home: Path, sql: str) -> pl.DataFrame:
    """Query the published file."""
    with duckdb.connect(str(home / "minerals.duckdb"), read_only=True) as con:
        return con.sql(sql).pl()
