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
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    AssetsDefinition,
    Failure,
    Output,
)

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
    DbtCliResource,
    dbt_assets,
)
from orchestration.preview import compiled_sql, facts_of, failing_rows, row_counts
from orchestration.resources import WRITER_POOL, RefreshOptions
from orchestration.settings import Settings, settings
from orchestration.sources import modules
from orchestration.writer import engine, writing
from warehouse.connect import create
from warehouse.land import META_TABLES, PROVENANCE

if TYPE_CHECKING:
    from orchestration.column_lineage import Project

PUBLISHED_LAYERS = ("core", "marts", "meta")

WHAT_TO_DO = (
    "Trace a failing row with `minerals explain`, or through staging to its file in `meta.archive`. A code "
    "not yet mapped belongs into `dbt_project/seeds`, a publisher's misprint into `seeds/corrections.csv`."
)


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
        target = target_path(config.home)
        target.mkdir(parents=True, exist_ok=True)
        spare_parsing(manifest, target)
        (target / "run_results.json").unlink(missing_ok=True)
        command = command_of(config, full=refresh.full)
        failure = None
        failed: list[AssetCheckResult] = []
        with writing(config, "dbt build", context.log.info):
            create(config.build_path)
            before = row_counts(config.build_path)
            project = lineage_of(load_manifest(manifest), target)
            if config.is_built_elsewhere:
                from warehouse import exchange  # noqa: PLC0415  (pyarrow takes 0.2 s to load)

                for handed, rows in exchange.hand_over(
                    config.raw_path, config.exchange_place, engine(config)
                ):
                    context.log.info(f"{handed}: {rows:,} rows handed over")
            try:
                with started_here():
                    running = dbt.cli(command, context=context, target_path=target)
                for event in running.stream():
                    # What failed waits for its rows: dbt has the file while it runs.
                    if isinstance(event, AssetCheckResult) and not event.passed:
                        failed.append(event)
                    elif isinstance(event, Output):
                        yield with_lineage(event, project)
                    else:
                        yield event
            except DagsterDbtCliRuntimeError as error:
                failure = error
            if config.is_built_elsewhere:
                exchange.take_back(config.build_path, config.exchange_place, _built(target), engine(config))
            facts = facts_of(config.build_path, before)
            yield from _with_rows(failed, config)
        built = {tuple(key.path): key for key in context.selected_asset_keys}
        for table in facts.keys() & built.keys():
            yield AssetObservation(built[table], metadata=facts[table])
        if failure:
            raise failure

    return warehouse


def command_of(config: Settings, *, full: bool) -> list[str]:
    """What dbt is told: all of it, and from nothing where nothing that stands may be kept."""
    command = ["build", "--threads", str(config.models_side_by_side)]
    if full:
        command.append("--full-refresh")
    if config.is_built_elsewhere:
        # Unit tests prove the SQL's arithmetic, which is the same on every engine.
        command += ["--exclude-resource-types", "unit_test"]
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


def _built(target: Path) -> Iterator[Mapping[str, Any]]:
    """The nodes of the manifest that dbt's last run built; none where it did not get so far."""
    results = target / "run_results.json"
    if not results.exists():
        return
    nodes = orjson.loads((target / "manifest.json").read_bytes())["nodes"]
    for result in orjson.loads(results.read_bytes())["results"]:
        if result["status"] == "success" and result["unique_id"] in nodes:
            yield nodes[result["unique_id"]]


def _with_rows(failed: Iterable[AssetCheckResult], config: Settings) -> Iterator[AssetCheckResult]:
    """Failed checks with the rows that failed and what to do about them."""
    results = target_path(config.home) / "run_results.json"
    for check in failed:
        sql = compiled_sql(results, str(check.metadata["unique_id"].value))
        rows = failing_rows(config.build_path, config.raw_path, sql)
        yield check.with_metadata({**check.metadata, "failing_rows": rows, "what_to_do": WHAT_TO_DO})
