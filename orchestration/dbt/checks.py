"""dbt's tests as asset checks: their results, the rows of failed ones, and the failure of a build."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    Failure,
    MetadataValue,
)

from orchestration.dbt import progress
from orchestration.dbt.table_metadata import compiled_sql, failing_rows
from orchestration.instance.records import last_evaluation
from orchestration.pipeline import failure_text, failures
from orchestration.settings import Settings
from warehouse import data_tests
from warehouse.files import replace_file

ERROR, WARNING = AssetCheckSeverity.ERROR, AssetCheckSeverity.WARN

SKIPPED = "skipped"
"""Metadata of a check that did not run."""


def run_tests(
    context: AssetExecutionContext, manifest: Mapping[str, Any], settings: Settings
) -> Iterator[AssetCheckResult]:
    """Run the tests of the selected checks and add them to dbt's results."""
    path = settings.dbt_target_path / "run_results.json"
    if not path.exists():
        return
    progress.say("checks")
    left = orjson.loads(path.read_bytes())
    unfit = {one["unique_id"] for one in left["results"] if one["status"] in {"error", "skipped"}}
    keys = {key.name: key for key in context.selected_asset_check_keys}
    checks = {name: tests for name, tests in tests_of_checks(manifest).items() if name in keys}
    with failures.open_build(settings) as con:
        tested = orjson.loads((settings.dbt_target_path / "manifest.json").read_bytes())
        chosen = list(chain.from_iterable(checks.values()))
        ran = data_tests.run(con, tested, chosen, unfit, settings.threads)
        # Dagster records a check while the next tests run.
        for name, tests in checks.items():
            results = list(islice(ran, len(tests)))
            left["results"] += results
            of_check = [one for one in results if one["status"] != "skipped"]
            failed = [one for one in of_check if one["status"] != "pass"]
            if of_check:
                yield AssetCheckResult(
                    asset_key=keys[name].asset_key,
                    check_name=name,
                    passed=not failed,
                    severity=WARNING if {one["status"] for one in failed} == {"warn"} else ERROR,
                    metadata={
                        "tests": len(of_check),
                        "tests_failed": len(failed),
                        "dagster_dbt/failed_row_count": sum(one["failures"] or 0 for one in failed),
                    },
                )
    replace_file(path, orjson.dumps(left))


def tests_of_checks(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Unique ids of the tests of each check. A check is one test, or all generic tests of a table."""
    nodes = manifest["nodes"].items()
    return {node["name"]: node.get("tests", [key]) for key, node in nodes if node["resource_type"] == "test"}


def with_rows(
    failed: Iterable[AssetCheckResult],
    found: failures.Found,
    built: Mapping[tuple[str, ...], AssetKey],
    tests: Mapping[str, list[str]],
    settings: Settings,
) -> Iterator[AssetCheckResult | AssetObservation]:
    """Add rows, files and remedies to failed checks, and report them on the table that the rows are of."""
    about = {failure.check: failure for failure in found.failures}
    results = settings.dbt_target_path / "run_results.json"
    for check in failed:
        of_check = tests[str(check.check_name)]
        broken = {test: about[test.split(".")[2]] for test in of_check if test.split(".")[2] in about}
        shown = [_shown(test, broken.get(test), results, settings) for test in (broken or of_check)]
        joint = {name: MetadataValue.md("\n\n".join(str(one[name]) for one in shown)) for name in shown[0]}
        description = "\n".join(f"{failure.table}: {failure.message}" for failure in broken.values()) or None
        yield check.with_metadata({**check.metadata, **joint})._replace(description=description)
        for key, facts in zip(broken, shown, strict=False):
            table = built.get(tuple(broken[key].table.split(".")))
            if table and table != check.asset_key:
                yield AssetObservation(
                    table,
                    description=f"{broken[key].check} failed here",
                    metadata={
                        "failed_check": broken[key].check,
                        **{name: MetadataValue.md(text) for name, text in facts.items()},
                    },
                )


def _shown(test: str, failure: failures.Failure | None, results: Path, settings: Settings) -> dict[str, str]:
    """The failing rows, their files and the remedy, as Markdown."""
    rows = failing_rows(settings.build_path, settings.raw_path, compiled_sql(results, test))
    if not failure:
        return {"failing_rows": str(rows.value)}
    return {
        "failing_rows": str(rows.value),
        "files": "\n".join(map(failure_text.file_text, failure.files)) or "the rows do not state a file",
        "what_to_do": "\n".join(f"- {do}" for do in failure_text.what_to_do(failure)),
    }


def skipped(
    context: AssetExecutionContext, found: failures.Found, tests: Mapping[str, list[str]]
) -> Iterator[AssetCheckResult]:
    """Repeat the last outcome of checks that did not run, since Dagster would show them as failed."""
    keys = {key.name: key for key in context.selected_asset_check_keys}
    not_run = set(found.skipped_checks)
    for name, key in keys.items():
        if not not_run.issuperset(test.split(".")[2] for test in tests[name]):
            continue
        last = last_evaluation(context.instance, key)
        yield AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=last is not None and last.outcome.passed,
            severity=WARNING,
            description="Skipped, since a check or table upstream failed. "
            + ("The result shown is that of its last run." if last else "It has never run."),
            metadata={SKIPPED: True},
        )


def refused(found: failures.Found, log: Path) -> Failure:
    """The failure of the build, with everything needed to fix it."""
    blocking = [failure for failure in found.failures if failure.blocking]
    details = "\n".join(line for failure in blocking for line in failure_text.lines(failure))
    return Failure(
        f"{failure_text.summary(found)}. The previous publication stays in place.\n\n{details}",
        metadata={"log": MetadataValue.path(str(log))},
        allow_retries=False,
    )
