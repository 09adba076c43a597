"""`staging`, `core`, `marts`, `meta`: dbt's models as assets, its tests as checks that gate the publication.

One `dbt build` with dbt's eager test selection: a failed blocking test skips what lies downstream, and the
publication with it. All of it is one step, since DuckDB takes one writer.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    AssetsDefinition,
    Failure,
    MetadataValue,
    Output,
)
from dagster._core.storage.asset_check_execution_record import COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES

from orchestration import building, failures
from orchestration.assets.sources import OWNERS
from orchestration.dbt_program import started_here
from orchestration.dbt_project import (
    PROJECT,
    PROJECT_DIR,
    PROJECT_NAME,
    load_manifest,
    manifest_path,
    spare_parsing,
)
from orchestration.light_dbt import (
    DagsterDbtCliRuntimeError,
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliInvocation,
    DbtCliResource,
    dbt_assets,
)
from orchestration.preview import compiled_sql, facts_of, failing_rows, row_counts
from orchestration.resources import WRITER_POOL, RefreshOptions
from orchestration.settings import Settings, settings
from orchestration.sources import modules
from orchestration.turns import readable_log
from orchestration.writer import engine, writing
from warehouse import nulls
from warehouse.connect import create
from warehouse.land import META_TABLES, PROVENANCE

if TYPE_CHECKING:
    from orchestration.column_lineage import Project

PUBLISHED_LAYERS = ("core", "marts", "meta")

SKIPPED = "skipped"
"""Metadata of a check that did not run."""


class Translator(DagsterDbtTranslator):
    """Keys, groups, kinds and owners as in the rest of the graph: a key is its schema and its table."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_code_references=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """``["raw", table]`` for a source, ``[schema, name]`` for a model or a seed."""
        layer = "raw" if dbt_resource_props["resource_type"] == "source" else dbt_resource_props["schema"]
        return AssetKey([layer, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:  # noqa: ARG002
        """The team that keeps every layer."""
        return OWNERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What the model's file says of it, without its SQL: that is a click away."""
        return str(dbt_resource_props.get("description") or dbt_resource_props["name"])


def target_path(home: Path) -> Path:
    """Where dbt leaves its artifacts of the last build of this home."""
    return home / "dbt"


def assets(manifest: Path) -> AssetsDefinition:
    """All dbt models and seeds of a manifest."""

    @dbt_assets(
        manifest=load_manifest(manifest),
        project=PROJECT,
        name="dbt_build",
        dagster_dbt_translator=Translator(),
        pool=WRITER_POOL,
    )
    def warehouse(
        context: AssetExecutionContext, dbt: DbtCliResource, refresh: RefreshOptions
    ) -> Iterator[Any]:
        config = settings()
        if manifest_path() != manifest:
            raise Failure("The dbt project has changed since Dagster loaded it: reload the code location.")
        os.environ.update(config.dbt_environment() | {"MINERALS_PROJECT": manifest.stem})
        _clear(manifest, config)
        failed: list[AssetCheckResult] = []
        with writing(config, "dbt build", context.log.info):
            create(config.build_path)
            before = row_counts(config.build_path)
            _hand_over(context, config)
            for event in _built(context, dbt, command_of(config, full=refresh.full), manifest):
                # What failed waits for its rows: dbt has the file while it runs.
                if isinstance(event, AssetCheckResult) and not event.passed:
                    failed.append(event)
                else:
                    yield event
            facts = facts_of(config.build_path, before)
            found = failures.find(config)
        tables = {tuple(key.path): key for key in context.selected_asset_keys}
        yield from _with_rows(failed, found, tables, config)
        yield from _skipped(context, found)
        for table in facts.keys() & tables.keys():
            yield AssetObservation(tables[table], metadata=facts[table])
        if any(failure.blocking for failure in found.failures):
            raise _refused(found, readable_log(config, context.run))

    return warehouse


def command_of(config: Settings, *, full: bool) -> list[str]:
    """What dbt is shown: all of it, and from nothing where nothing that stands may be kept."""
    command = ["build", "--threads", str(config.models_side_by_side)]
    # Unit tests prove the SQL on rows of their own, which no night changes: `make test` runs them.
    command += ["--exclude-resource-types", "unit_test"]
    if not config.is_built_elsewhere:
        command += ["--exclude", f"test_name:{nulls.TEST}"]  # run by the table, see warehouse/nulls.py
    if full:
        command.append("--full-refresh")
    return command


def lineage_of(manifest: Mapping[str, Any], target: Path) -> "Project":
    """The lineage of the project's columns, from the SQL that dbt leaves in ``target``."""
    from orchestration.column_lineage import Project  # noqa: PLC0415  (sqlglot takes 0.2 s to load)

    tables = [table for module in modules().values() for table in module.SOURCE.tables]
    raw = {table.name: [*table.schema.column_names(), *PROVENANCE] for table in tables}
    return Project(
        manifest,
        target / "compiled" / PROJECT_NAME,
        PROJECT_DIR,
        {**raw, **META_TABLES},
        dialect=settings().dbt_target,
    )


def with_lineage(built: Output[Any], project: "Project") -> Output[Any]:
    """A table just built, with the columns that its columns are made of where its SQL tells."""
    unique_id = str(built.metadata["unique_id"].value)
    lineage = project.lineage(unique_id) if unique_id.startswith("model.") else None
    return built.with_metadata({**built.metadata, "dagster/column_lineage": lineage}) if lineage else built


def _clear(manifest: Path, config: Settings) -> None:
    """Take what the run before left out of the folder of dbt's artifacts."""
    target = target_path(config.home)
    target.mkdir(parents=True, exist_ok=True)
    spare_parsing(manifest, target)
    for left in ("run_results.json", "dbt.log"):
        (target / left).unlink(missing_ok=True)


def _hand_over(context: AssetExecutionContext, config: Settings) -> None:
    """Where another engine builds, give it the raw tables."""
    if config.is_built_elsewhere:
        from warehouse import exchange  # noqa: PLC0415  (pyarrow takes 0.2 s to load)

        for name, rows in exchange.hand_over(config.raw_path, config.exchange_place, engine(config)):
            context.log.info(f"{name}: {rows:,} rows handed over")


def _built(
    context: AssetExecutionContext, dbt: DbtCliResource, command: list[str], manifest: Path
) -> Iterator[Any]:
    """Run dbt, then the checks that it leaves to us; yields what Dagster records of both."""
    config = settings()
    target = target_path(config.home)
    project = lineage_of(load_manifest(manifest), target)
    try:
        with started_here():
            running = dbt.cli(command, context=context, target_path=target)
        for event in _events(running, context):
            yield with_lineage(event, project) if isinstance(event, Output) else event
    except DagsterDbtCliRuntimeError:
        if not any(failure.blocking for failure in failures.find(config).failures):
            raise  # it broke off before its checks, or without one that failed
    if config.is_built_elsewhere:
        from warehouse import exchange  # noqa: PLC0415

        exchange.take_back(config.build_path, config.exchange_place, _succeeded(target), engine(config))
    else:
        yield from _null_checks(context, load_manifest(manifest), config)


def _succeeded(target: Path) -> Iterator[Mapping[str, Any]]:
    """The nodes of the manifest that dbt's last run built; none where it did not get so far."""
    results = target / "run_results.json"
    if not results.exists():
        return
    nodes = orjson.loads((target / "manifest.json").read_bytes())["nodes"]
    for result in orjson.loads(results.read_bytes())["results"]:
        if result["status"] == "success" and result["unique_id"] in nodes:
            yield nodes[result["unique_id"]]


def _events(running: DbtCliInvocation, context: AssetExecutionContext) -> Iterator[Any]:
    """What Dagster records of dbt's run; what dbt starts on is reported to whoever shows it."""
    for message in running.stream_raw_events():
        building.tell(message.raw_event)
        yield from message.to_default_asset_events(
            running.manifest, running.dagster_dbt_translator, context, running.target_path, running.project
        )


def _null_checks(
    context: AssetExecutionContext, manifest: Mapping[str, Any], config: Settings
) -> Iterator[AssetCheckResult]:
    """Run the checks for empty values in what dbt built, and add them to its results."""
    path = target_path(config.home) / "run_results.json"
    if not path.exists():
        return
    left = orjson.loads(path.read_bytes())
    built = {one["unique_id"] for one in left["results"] if one["status"] == "success"}
    keys = {key.name: key for key in context.selected_asset_check_keys}
    with failures.open_build(config) as con:
        results = list(nulls.run(con, manifest, built, keys))
    path.write_bytes(orjson.dumps({**left, "results": left["results"] + results}))
    for result in results:
        key = keys[manifest["nodes"][result["unique_id"]]["name"]]
        if result["status"] != "skipped":
            yield AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=result["status"] == "pass",
                metadata={
                    "unique_id": result["unique_id"],
                    "dagster_dbt/failed_row_count": result["failures"],
                },
            )


def _with_rows(
    failed: Iterable[AssetCheckResult],
    found: failures.Found,
    built: Mapping[tuple[str, ...], AssetKey],
    config: Settings,
) -> Iterator[AssetCheckResult | AssetObservation]:
    """Failed checks with rows, files and what to do; also at the table of the rows, where it is another."""
    about = {failure.check: failure for failure in found.failures}
    results = target_path(config.home) / "run_results.json"
    for check in failed:
        sql = compiled_sql(results, str(check.metadata["unique_id"].value))
        rows = failing_rows(config.build_path, config.raw_path, sql)
        failure = about.get(str(check.check_name))
        shown: dict[str, Any] = {"failing_rows": rows}
        if failure:
            shown["files"] = "\n".join(map(failures.file_text, failure.files)) or "not stated by the rows"
            shown["what_to_do"] = MetadataValue.md(
                "\n".join(f"- {do}" for do in failures.what_to_do(failure))
            )
        description = f"{failure.table}: {failure.message}" if failure else None
        yield check.with_metadata({**check.metadata, **shown})._replace(description=description)
        table = built.get(tuple(failure.table.split("."))) if failure else None
        if table and table != check.asset_key:
            yield AssetObservation(
                table,
                description=f"{check.check_name} failed here",
                metadata={"failed_check": str(check.check_name), **shown},
            )


def _skipped(context: AssetExecutionContext, found: failures.Found) -> Iterator[AssetCheckResult]:
    """Checks that did not run, as they last ended: else Dagster would show each as one that broke."""
    keys = {key.name: key for key in context.selected_asset_check_keys}
    storage = context.instance.event_log_storage
    for name in found.skipped_checks:
        if (key := keys.get(name)) is None:
            continue
        ended = storage.get_asset_check_execution_history(
            key, limit=1, status=COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES
        )
        last = [
            record.event.dagster_event.asset_check_evaluation_data
            for record in ended
            if record.event and record.event.dagster_event
        ]
        yield AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=bool(last) and last[0].passed,
            severity=AssetCheckSeverity.WARN,
            description="Skipped, since a check or table upstream failed. "
            + ("This is how it last ended." if last else "It has never run."),
            metadata={SKIPPED: True},
        )


def _refused(found: failures.Found, log: Path) -> Failure:
    """The failure of the build, with all that a person needs to mend it."""
    blocking = [failure for failure in found.failures if failure.blocking]
    said = "\n".join(line for failure in blocking for line in failures.lines(failure))
    return Failure(
        f"{failures.summary(found)}. What was published before still stands.\n\n{said}",
        metadata={"log": MetadataValue.path(str(log))},
        allow_retries=False,
    )
