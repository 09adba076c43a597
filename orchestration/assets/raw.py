"""`raw/*`: parsed rows in `raw.duckdb`, one asset per table. If nothing changed, the run ends here."""

from collections.abc import Iterator

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    AssetsDefinition,
    AssetSpec,
    DataVersion,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableSchema,
    multi_asset,
)

from ingest.contracts import Source, Table
from orchestration import change_detection, runs
from orchestration.assets import sources
from orchestration.pipeline import history, raw_layer
from orchestration.pipeline.sources import modules, outcomes
from orchestration.pipeline.writer import duckdb_limits, hold_writer_lock
from orchestration.resources import WRITER_POOL, RefreshOptions
from orchestration.settings import OWNERS, read_settings

JUMP = 0.5
"""Largest share of its rows that a table may gain or lose between two loads without a warning."""


def key(table: str) -> AssetKey:
    """Asset key of a raw table."""
    return AssetKey(["raw", table])


def table_spec(source: Source, table: Table) -> AssetSpec:
    """The asset of a raw table, as the asset graph shows it."""
    return AssetSpec(
        key=key(table.name),
        deps=[sources.key(source.id)],
        group_name="raw",
        kinds={"polars", "duckdb"},
        owners=OWNERS,
        skippable=True,
        description=f"{table.grain}\n\nSource: {source.title}, {source.publisher}, {source.cadence}.",
        tags={"cadence": source.cadence, "source": source.id},
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": f"raw.raw.{table.name}",
            "grain": table.grain,
            "cadence": source.cadence,
        },
    )


def meta_spec(table: str) -> AssetSpec:
    """The asset of a raw table about the sources, as the asset graph shows it."""
    about = {
        "meta__archive": "One row for each publisher's file in the archive or behind the starter.",
        "meta__part": "One row for each partition of a raw table: its file, partition, vintage and period.",
        "meta__quarantine": "One row for each row that broke its contract, with the rule it broke.",
        "meta__source_status": "One row for each source: what is served, its age, and when new data is due.",
    }
    return AssetSpec(
        key=key(table),
        deps=[sources.key(source_id) for source_id in modules()],
        group_name="raw",
        kinds={"duckdb"},
        owners=OWNERS,
        skippable=True,
        description=about[table],
        metadata={"dagster/table_name": f"raw.raw.{table}"},
    )


def assets() -> AssetsDefinition:
    """All `raw` assets, in one step, since DuckDB allows one writer."""
    tables = {
        table.name: (module.SOURCE, table) for module in modules().values() for table in module.SOURCE.tables
    }

    @multi_asset(
        name="raw",
        specs=[*(table_spec(*declared) for declared in tables.values()), *map(meta_spec, raw_layer.META)],
        check_specs=[
            AssetCheckSpec(
                "row_count", asset=key(table), description=f"Row count changed by at most {JUMP:.0%}."
            )
            for table in tables
        ],
        can_subset=True,
        pool=WRITER_POOL,
    )
    def raw(
        context: AssetExecutionContext, refresh: RefreshOptions
    ) -> Iterator[MaterializeResult[None] | AssetObservation]:
        settings = read_settings()
        left = outcomes(settings)
        if not refresh.force_rebuild and change_detection.is_published(
            settings, change_detection.fingerprint(left.values())
        ):
            context.log.info("Nothing changed upstream: load, dbt and publication are skipped.")
            runs.note_good(context, "unchanged", history.NOTHING_CHANGED)
            yield from (
                AssetObservation(asset, metadata={"changed": False}) for asset in context.selected_asset_keys
            )
            return
        chosen = {asset.path[-1] for asset in context.selected_asset_keys}
        starter = raw_layer.starter_files(settings.starter_dir)
        facts = {name: module.SOURCE for name, module in modules().items()}
        with (
            hold_writer_lock(settings, "landing", context.log.info),
            raw_layer.open_raw(settings.raw_path, duckdb_limits(settings)) as con,
        ):
            raw_layer.declare(con, facts.values())
            raw_layer.load_meta(con, list(left.values()), facts, starter)
            for name in sorted(chosen & tables.keys()):
                source, table = tables[name]
                loaded = raw_layer.load_table(con, name, left[source.id], settings.starter_dir)
                if loaded.changed:
                    context.log.info(f"{name}: {loaded.rows:,} rows ({loaded.rows - loaded.rows_before:+,})")
                yield result(loaded, table)
        yield from (MaterializeResult(asset_key=key(table)) for table in raw_layer.META if table in chosen)

    return raw


def column_schema(table: Table) -> TableSchema:
    """A table's columns with unit and description, as declared by its source."""
    return TableSchema(
        columns=[
            TableColumn(
                fact["name"],
                fact["type"],
                description=" ".join(
                    filter(None, [fact.get("description"), f"[{fact['unit']}]" if fact.get("unit") else ""])
                ),
            )
            for fact in table.column_facts()
        ]
    )


def result(loaded: raw_layer.TableLoad, table: Table) -> MaterializeResult[None]:
    """Dagster's record of a load, with its check."""
    delta = loaded.rows - loaded.rows_before
    jumped = bool(loaded.rows_before) and abs(delta) > JUMP * loaded.rows_before
    return MaterializeResult(
        asset_key=key(loaded.table),
        data_version=DataVersion(f"{loaded.vintage}-{loaded.rows}-{loaded.bytes}"),
        metadata={
            "dagster/row_count": loaded.rows,
            "dagster/column_schema": column_schema(table),
            "rows": loaded.rows,
            "rows_delta": delta,
            "bytes": loaded.bytes,
            "quarantined_rows": loaded.refused_rows,
            "newest_period": str(loaded.newest_period or ""),
            "vintage": str(loaded.vintage or ""),
            "changed": loaded.changed,
        },
        check_results=[
            AssetCheckResult(
                asset_key=key(loaded.table),
                check_name="row_count",
                passed=not jumped,
                severity=AssetCheckSeverity.WARN,
                description=f"{loaded.rows:,} rows, {loaded.rows_before:,} before",
                metadata={
                    "rows_before": loaded.rows_before,
                    "rows": loaded.rows,
                    "what_to_do": MetadataValue.text(
                        "Compare the two vintages (`select _vintage, count(*) from raw."
                        f"{loaded.table} group by all`); if the publisher's file is at fault, "
                        "`minerals withdraw` it and refresh."
                    ),
                },
            )
        ],
    )
