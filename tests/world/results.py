"""The page with the cost of the nights and the comparison with the planted world."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.world.expected import NAMED, NOT_COMPARED, Comparison
from tests.world.nights import Night

OUT = REPOSITORY / ".ci" / "out"
Ended = Sequence[tuple[Night, Sequence[Comparison]]]


def write(name: str, ended: Ended, config: pytest.Config, more: Sequence[str] = ()) -> Path:
    """Write the page of some nights to `.ci/out`, or next to the tests if requested."""
    folder = Path(__file__).parent if config.getoption("world_results") else OUT
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (f"RESULTS_{name}.md" if folder != OUT else f"world_{name}.md")
    path.write_text(page(name, ended, more))
    return path


def page(name: str, ended: Ended, more: Sequence[str] = ()) -> str:
    """Cost of each night, planted against published rows, and what is not compared."""
    lines = [f"# The planted world: {name}", "", "Written by the run.", "", "## What each night took", ""]
    lines += [
        "| night | ended | wall s | CPU s | peak MB | disk MB, largest parts |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for night, _ in ended:
        largest = sorted(night.disk_mb.items(), key=lambda part: -part[1])[:4]
        largest_parts = ", ".join(f"{part} {size:.0f}" for part, size in largest)
        total = sum(night.disk_mb.values())
        lines.append(
            f"| {night.name} | {night.returncode} | {night.wall_s:.0f} | {night.cpu_s:.0f} |"
            f" {night.peak_mb:.0f} | {total:.0f}: {largest_parts} |"
        )
    for night, compared in ended:
        if not compared:
            continue
        lines += ["", f"## Planted against found: {night.name}", ""]
        lines += [
            "| mart | figures | planted | found | equal | |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for one in compared:
            verdict = "" if one.is_same else NAMED.get(one.key, "DIFFERS")
            lines.append(
                f"| {one.mart} | {one.what} | {one.planted:,} | {one.found:,} | {one.same:,} | {verdict} |"
            )
    lines += ["", *more] if more else []
    lines += ["", "## Not compared", ""]
    lines += [f"- {what}: {why}." for what, why in NOT_COMPARED.items()]
    return "\n".join(lines) + "\n"
