"""Store the figures of each benchmark: the latest as JSON and `RESULTS.md`, all of them in `history.csv`."""

import csv
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.harness import ROOT, Facts, Measured, Work

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
PAGE = FOLDER / "RESULTS.md"
HISTORY = FOLDER / "history.csv"
COLUMNS = ("commit", "measured_at", "processor", "cores", "load", "work", "scale", "figure", "value")
PACKAGES = (
    "duckdb",
    "polars",
    "pyarrow",
    "numpy",
    "isal",
    "msgspec",
    "orjson",
    "dbt-core",
    "dbt-duckdb",
    "dagster",
)
METHOD = """\
Written by `make bench`. Every contender runs in a process of its own, in turn with the others, on the same
generated files (seeded, in the publishers' documented formats), with a warm page cache. The clock starts
after its imports. Seconds, CPU and peak memory, where lower is better, are medians over the runs. A ratio
is computed within one run of the benchmark; "before" is the ratio of the measurement before this one, at the
same scale, from `history.csv`. The load of each benchmark is that of the whole machine. If it
exceeds the number of cores, processes wait for each other: then seconds are unreliable, contenders that use
both cores lose most, and the ratio of CPU seconds is more reliable. Decisions based on these figures are in
[README.md](README.md).
"""

Result = Mapping[str, Any]


def keep(work: Work, size: str, scale: int, measured: Mapping[str, Measured], facts: Facts) -> None:
    """Save the measurements of a benchmark."""
    contenders = [
        {
            "name": entry.contender.name,
            "label": entry.contender.label,
            "role": entry.contender.role,
            "runs": len(entry.runs),
            "skipped": entry.skipped,
            **{figure: entry.median(figure) for figure in _figures(entry)},
        }
        for entry in measured.values()
    ]
    result = {
        "work": work.id,
        "title": work.title.format(scale=scale),
        "size": size,
        "scale": scale,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "load": round(os.getloadavg()[1], 1),
        "machine": machine(),
        "versions": versions(),
        "made": facts,
        "contenders": contenders,
        "verdicts": list(_verdicts(work, measured)),
        "notes": work.notes,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{work.id}.json").write_text(json.dumps(result, indent=2) + "\n")
    append(result)


def append(result: Result) -> None:
    """Add the figures of our contender and the ratios of a benchmark to `history.csv`."""
    is_new = not HISTORY.exists()
    where = result["machine"]
    about = (
        result.get("commit", ""),
        result["measured_at"],
        where["processor"],
        where["cores"],
        result["load"],
        result["work"],
        result["scale"],
    )
    with HISTORY.open("a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if is_new:
            rows.writerow(COLUMNS)
        rows.writerows((*about, figure, f"{value:.6g}") for figure, value in main_figures(result).items())


def main_figures(result: Result) -> dict[str, float]:
    """Numbers of our contender by name, and the ratio or figure of each goal by its text."""
    ours = next((entry for entry in result["contenders"] if entry["role"] == "ours"), {})
    own = {
        name: value
        for name, value in ours.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "runs"
    }
    return own | {verdict["text"]: verdict["ratio"] for verdict in result["verdicts"]}


def before(result: Result) -> dict[str, float]:
    """The previous figures before a result, at the same scale; empty if it is the first."""
    if not HISTORY.exists():
        return {}
    with HISTORY.open(newline="") as file:
        earlier = [
            row
            for row in csv.DictReader(file)
            if row["work"] == result["work"]
            and row["scale"] == str(result["scale"])
            and row["measured_at"] < result["measured_at"]
        ]
    last = max((row["measured_at"] for row in earlier), default="")
    return {row["figure"]: float(row["value"]) for row in earlier if row["measured_at"] == last}


def commit() -> str:
    """The commit of the checkout, with a plus sign if files differ from it; empty outside a checkout."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results"],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() + ("+" if changed.stdout.strip() else "")


def kept(work_id: str) -> Result:
    """Load the last measurements of a benchmark."""
    result: Result = json.loads((RESULTS / f"{work_id}.json").read_text())
    return result


def write(works: Sequence[str]) -> None:
    """Write the page from all saved measurements."""
    results = [kept(work) for work in works if (RESULTS / f"{work}.json").exists()]
    lines = [
        "# Benchmark results",
        "",
        METHOD,
        "| work | against | ratio | of CPU | goal | | before | measured | commit |",
        "| --- | --- | ---: | ---: | ---: | --- | ---: | --- | --- |",
    ]
    for result in results:
        earlier = before(result)
        made = f"{result['measured_at'][:10]} | {result.get('commit', '')} |"
        for verdict in result["verdicts"]:
            met = "met" if verdict["met"] else "**missed**"
            cpu = "" if verdict.get("cpu") is None else f"{verdict['cpu']:.2f}"
            lines.append(
                f"| [{result['work']}](#{result['work']}) | {verdict['text']} | {verdict['ratio']:,.2f} "
                f"| {cpu} | {verdict['goal']} | {met} | {_number(earlier.get(verdict['text']))} | {made}"
            )
    missing = [work for work in works if not (RESULTS / f"{work}.json").exists()]
    if missing:
        lines += ["", f"Not measured so far: {', '.join(missing)}."]
    PAGE.write_text("\n".join([*lines, "", *(section(result) for result in results)]))


def section(result: Result) -> str:
    """The section of one benchmark."""
    lines = [
        f"## {result['work']}",
        "",
        f"{result['title']}.",
        "",
        "| contender | seconds | CPU s | peak MB | runs |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for entry in result["contenders"]:
        if entry["skipped"]:
            lines.append(f"| {entry['label']} | {entry['skipped']} | | | |")
        else:
            lines.append(
                f"| {entry['label']} | {entry['seconds']:.2f} | {entry['cpu_s']:.2f} "
                f"| {entry['peak_mb']:,.0f} | {entry['runs']} |"
            )
    where = result["machine"]
    software = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    about = (
        f"Size `{result['size']}`, measured {result['measured_at']} on {where['cores']} cores of "
        f"{where['processor']}, {where['memory_gb']} GB, load {result['load']}; {software}."
    )
    lines += ["", *([result["notes"], ""] if result["notes"] else []), about, ""]
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """A description of the machine."""
    cpu = Path("/proc/cpuinfo")
    models = [
        line.split(":", 1)[1].strip()
        for line in cpu.read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": next(iter(models), platform.machine()),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "system": platform.system(),
    }


def versions() -> dict[str, str]:
    """The versions of the libraries."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _figures(entry: Measured) -> list[str]:
    """Figures that every run of a contender has."""
    numbers = ({name for name, value in run.items() if isinstance(value, int | float)} for run in entry.runs)
    return sorted(set.intersection(*numbers)) if entry.runs else []


def _verdicts(work: Work, measured: Mapping[str, Measured]) -> Iterable[dict[str, Any]]:
    for goal in work.goals:
        of, against = measured.get(goal.of), measured.get(goal.against)
        if of and against and of.runs and against.runs:
            ratio = of.median(goal.figure) / against.median(goal.figure)
            bound = f"<= {goal.at_most}" if goal.at_most is not None else f">= {goal.at_least}"
            cpu = of.median("cpu_s") / against.median("cpu_s") if goal.figure == "seconds" else None
            yield {"text": goal.text, "ratio": ratio, "cpu": cpu, "goal": bound, "met": goal.met(ratio)}
    for bound in work.bounds:
        if bound.of in measured and measured[bound.of].runs:
            figure = measured[bound.of].median(bound.figure)
            goal = f"<= {bound.at_most:,.0f}"
            met = figure <= bound.at_most
            yield {"text": bound.text, "ratio": figure, "cpu": None, "goal": goal, "met": met}
