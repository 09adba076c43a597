"""Run benchmarks: ``python -m benchmarks [WORK ...] [--scale small|default|full|NUMBER]``.

The figures of each benchmark are stored in `benchmarks/results/` and added to `benchmarks/history.csv`.
`benchmarks/RESULTS.md` is regenerated from all results, so that benchmarks can be run one at a time.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import report
from benchmarks.harness import find, measure
from benchmarks.profiles import profile

WORKS = (
    "census_bulk",
    "statcan_cimt",
    "cepii_baci",
    "cepii_baci_series",
    "comtrade",
    "marts",
    "two_marts",
    "months",
    "publication",
    "readers",
    "queries",
    "queries_starter",
    "queries_http",
    "refresh",
    "quiet",
    "clones",
    "nights",
    "ui",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("works", nargs="*", choices=[*WORKS, []], help="all of them unless named")
    parser.add_argument("--scale", default="default", help="small, default, full, or how many units exactly")
    parser.add_argument("--runs", type=int, help="repetitions of each contender; the result is their median")
    parser.add_argument("--without", nargs="*", default=[], help="slow peers to leave out, such as pandas")
    parser.add_argument("--no-profile", action="store_true", help="leave out the profile")
    parser.add_argument("--data", type=Path, default=Path("warehouse/data/bench"), help="generated files")
    chosen = parser.parse_args()
    for name in chosen.works or WORKS:
        work = find(name)
        scale = work.scales[chosen.scale] if chosen.scale in work.scales else int(chosen.scale)
        kept = tuple(entry for entry in work.contenders if entry.name not in chosen.without)
        work = replace(work, contenders=kept)
        measured, facts = measure(work, scale, chosen.data.resolve(), chosen.runs or work.runs, log)
        report.keep(work, chosen.scale, scale, measured, facts)
        print(report.section(report.kept(name)))
        if not chosen.no_profile:
            print(profile(work, chosen.data.resolve() / f"{work.id}-{scale}", scale))
    report.write(WORKS)


def log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
