"""`staging`, `core`, `marts`, `meta`: dbt's models as assets, its tests as checks that gate the publication.

One `dbt build` of the tables whose inputs changed (`orchestration.dbt.unchanged`), then all tests
(`warehouse.data_tests`). A failed blocking test prevents the publication. All of this is one step, since
DuckDB allows one writer. On an engine other than DuckDB, dbt builds every table and runs the tests itself.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetObservation,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    Output,
)

from orchestration.dbt import checks, progress, unchanged
from orchestration.dbt.dagster_dbt import (
    DagsterDbtCliRuntimeError,
    DbtCliInvocation,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)
from orchestration.dbt.manifest import (
    PROJECT_DIR,
    PROJECT_NAME,
    load_manifest,
    manifest_path,
    seed_partial_parse,
)
from orchestration.dbt.process import mark_as_parent
from orchestration.dbt.table_metadata import facts_of, row_counts
from orchestration.dbt.translator import Translator
from orchestration.pipeline import failures
from orchestration.pipeline.sources import modules
from orchestration.pipeline.writer import duckdb_limits, hold_writer_lock
from orchestration.resources import WRITER_POOL, RefreshOptions
from orchestration.runs import readable_log
from orchestration.settings import Settings, read_settings
from warehouse.connect import create
from warehouse.raw_tables import META_TABLES, PROVENANCE

if TYPE_CHECKING:
    from orchestration.dbt.column_lineage import Project

PUBLISHED_LAYERS = ("core", "marts", "meta")


def assets(manifest: Path) -> AssetsDefinition:
    """All dbt models and seeds of a manifest."""
    loaded = load_manifest(manifest)

    @dbt_assets(
        manifest=loaded,
        project=DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR),
        name="dbt_build",
        dagster_dbt_translator=Translator(),
        pool=WRITER_POOL,
    )
    def warehouse(
        context: AssetExecutionContext, dbt: DbtCliResource, refresh: RefreshOptions
    ) -> Iterator[Any]:
        settings = read_settings()
        if manifest_path() != manifest:
            raise Failure("The dbt project has changed since Dagster loaded it: reload the code location.")
        os.environ.update(settings.dbt_environment() | {"MINERALS_PROJECT": manifest.stem})
        _clear(manifest, settings)
        failed: list[AssetCheckResult] = []
        with hold_writer_lock(settings, "dbt build", context.log.info):
            create(settings.build_path)
            before = row_counts(settings.build_path)
            _hand_over(context, settings)
            is_whole = context.selected_asset_keys >= warehouse.keys
            build = _prepared(settings, loaded, manifest, is_whole=is_whole)
            left = build.unchanged() if build and not refresh.force_rebuild else []
            if build:
                build.begin(left)
            project = lineage_of(loaded, settings.dbt_target_path)
            yield from _left_alone(context, loaded, left, project)
            command = command_of(settings, full=refresh.force_rebuild, left=_names(loaded, left))
            for event in _built(context, dbt, command, loaded, project):
                # Rows of failed tests are read after dbt ends, since dbt holds the file while it runs.
                if isinstance(event, AssetCheckResult) and not event.passed:
                    failed.append(event)
                else:
                    yield event
            if build:
                build.end(_results(settings))
            facts = facts_of(settings.build_path, before)
            found = failures.find(settings)
        tables = {tuple(key.path): key for key in context.selected_asset_keys}
        tests = checks.tests_of_checks(loaded)
        yield from checks.with_rows(failed, found, tables, tests, settings)
        yield from checks.skipped(context, found, tests)
        for table in facts.keys() & tables.keys():
            yield AssetObservation(tables[table], metadata=facts[table])
        if any(failure.blocking for failure in found.failures):
            raise checks.refused(found, readable_log(settings, context.run))

    return warehouse


def command_of(settings: Settings, *, full: bool, left: Sequence[str] = ()) -> list[str]:
    """The arguments of `dbt build`: the project without the nodes in ``left``, given by dbt's names.

    Includes `--full-refresh` if nothing may be reused.
    """
    command = ["build", "--threads", str(settings.models_side_by_side)]
    # Unit tests run on fixed rows that no refresh changes, so `make test` runs them instead.
    command += ["--exclude-resource-types", "unit_test"]
    if not settings.is_built_elsewhere:
        command += ["--exclude-resource-types", "test"]  # run by warehouse/data_tests.py
    if full:
        command.append("--full-refresh")
    if left:
        command += ["--exclude", " ".join(left)]  # dagster-dbt accepts only one value per option
    return command


def lineage_of(manifest: Mapping[str, Any], target: Path) -> "Project":
    """The column lineage of the project, from the SQL that dbt compiled into ``target``."""
    from orchestration.dbt.column_lineage import Project  # noqa: PLC0415  (sqlglot takes 0.2 s to load)

    tables = [table for module in modules().values() for table in module.SOURCE.tables]
    raw = {table.name: [*table.schema.column_names(), *PROVENANCE] for table in tables}
    return Project(
        manifest,
        target / "compiled" / PROJECT_NAME,
        PROJECT_DIR,
        {**raw, **META_TABLES},
        dialect=read_settings().dbt_target,
    )


def with_lineage(built: Output[Any], project: "Project") -> Output[Any]:
    """A table just built, with its column lineage if its SQL could be parsed."""
    unique_id = str(built.metadata["unique_id"].value)
    lineage = project.lineage(unique_id) if unique_id.startswith("model.") else None
    return built.with_metadata({**built.metadata, "dagster/column_lineage": lineage}) if lineage else built


def _clear(manifest: Path, settings: Settings) -> None:
    """Delete the artifacts of the previous run from dbt's target folder."""
    target = settings.dbt_target_path
    target.mkdir(parents=True, exist_ok=True)
    seed_partial_parse(manifest, target)
    for left in ("run_results.json", "dbt.log"):
        (target / left).unlink(missing_ok=True)


def _hand_over(context: AssetExecutionContext, settings: Settings) -> None:
    """Export the raw tables if another engine builds the models."""
    if settings.is_built_elsewhere:
        from warehouse import exchange  # noqa: PLC0415  (pyarrow takes 0.2 s to load)

        limits = duckdb_limits(settings)
        for name, rows in exchange.hand_over(settings.raw_path, settings.exchange_place, limits):
            context.log.info(f"{name}: {rows:,} rows handed over")


def _prepared(
    settings: Settings, loaded: Mapping[str, Any], manifest: Path, *, is_whole: bool
) -> unchanged.Build | None:
    """The state of the tables' inputs; None if it is not tracked, so that every table is built.

    A subset of assets selected by hand may be built on outdated tables, so the record is discarded.
    """
    if settings.is_built_elsewhere or not is_whole or not settings.raw_path.exists():
        unchanged.forget(settings.home)
        return None
    return unchanged.Build(settings, loaded, manifest.stem)


def _names(loaded: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Table names in the form of dbt selectors."""
    return [f"fqn:{'.'.join(loaded['nodes'][key]['fqn'])}" for key in keys]


def _left_alone(
    context: AssetExecutionContext, loaded: Mapping[str, Any], keys: Sequence[str], project: "Project"
) -> Iterator[MaterializeResult[None]]:
    """Report unchanged tables in graph order and mark them, so that downstream assets can run."""
    if keys:
        context.log.info(f"{len(keys)} tables have unchanged inputs and are not rebuilt.")
    translator = Translator()
    for key in keys:
        lineage = project.lineage(key) if key.startswith("model.") else None
        yield MaterializeResult(
            asset_key=translator.get_asset_key(loaded["nodes"][key]),
            metadata={"changed": False, **({"dagster/column_lineage": lineage} if lineage else {})},
        )


def _results(settings: Settings) -> Mapping[str, Any]:
    """The results that dbt wrote in this run; empty if it failed before writing any."""
    path = settings.dbt_target_path / "run_results.json"
    results: Mapping[str, Any] = orjson.loads(path.read_bytes()) if path.exists() else {"results": []}
    return results


def _built(
    context: AssetExecutionContext,
    dbt: DbtCliResource,
    command: list[str],
    manifest: Mapping[str, Any],
    project: "Project",
) -> Iterator[Any]:
    """Run dbt, then the checks that dbt leaves to us, and yield Dagster's events for both."""
    settings = read_settings()
    target = settings.dbt_target_path
    try:
        with mark_as_parent():
            running = dbt.cli(command, context=context, target_path=target)
        for event in _events(running, context):
            yield with_lineage(event, project) if isinstance(event, Output) else event
    except DagsterDbtCliRuntimeError:
        if not any(failure.blocking for failure in failures.find(settings).failures):
            raise  # dbt failed before its checks, or no check failed
    if settings.is_built_elsewhere:
        from warehouse import exchange  # noqa: PLC0415

        exchange.take_back(
            settings.build_path, settings.exchange_place, _succeeded(target), duckdb_limits(settings)
        )
    else:
        yield from checks.run_tests(context, manifest, settings)


def _succeeded(target: Path) -> Iterator[Mapping[str, Any]]:
    """The nodes that dbt built successfully in this run; empty if it failed before writing results."""
    results = target / "run_results.json"
    if not results.exists():
        return
    nodes = orjson.loads((target / "manifest.json").read_bytes())["nodes"]
    for result in orjson.loads(results.read_bytes())["results"]:
        if result["status"] == "success" and result["unique_id"] in nodes:
            yield nodes[result["unique_id"]]


def _events(running: DbtCliInvocation, context: AssetExecutionContext) -> Iterator[Any]:
    """Convert dbt's events to Dagster's, and report each node that dbt starts to the progress view."""
    for message in running.stream_raw_events():
        progress.report(message.raw_event)
        yield from message.to_default_asset_events(
            running.manifest, running.dagster_dbt_translator, context, running.target_path, running.project
        )
