"""`source/*`: one asset per publisher. They download in parallel, and a failed one does not fail the run."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetMaterialization,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    Backoff,
    DataVersion,
    Failure,
    FreshnessPolicy,
    MaterializeResult,
    MetadataValue,
    MonthlyPartitionsDefinition,
    PartitionsDefinition,
    RetryPolicy,
    multi_asset,
)

from ingest.contracts import Cadence, Source, SourceModule
from ingest.parsed import STARTER
from ingest.refresh import SourceOutcome
from orchestration.pipeline import outcome_text, wide_window
from orchestration.pipeline.raw_layer import expected_next
from orchestration.pipeline.sources import fetch_options, is_heavy, modules, open_http, refresh_and_record
from orchestration.resources import RefreshOptions
from orchestration.settings import OWNERS, Settings, read_settings

BY_MONTH = frozenset({"census_bulk", "statcan_cimt", "comtrade"})
"""Trade sources that publish one month at a time and are backfilled by month."""

MONTHS = MonthlyPartitionsDefinition(start_date="2012-01-01")

WINDOW: dict[Cadence, timedelta] = {
    "daily": timedelta(days=4),
    "monthly": timedelta(days=45),
    "annual": timedelta(days=400),
    "irregular": timedelta(days=14),
}
"""Maximum time between refreshes of a source, by cadence."""

GROUP = "source"
MOST_NAMED = 6
NOTHING_ASKED = "the run was started offline"


def key(source_id: str) -> AssetKey:
    """Asset key of a source."""
    return AssetKey([GROUP, source_id])


def spec(source: Source, partitions: PartitionsDefinition[str] | None) -> AssetSpec:
    """The asset of a source, as the asset graph shows it."""
    window = WINDOW[source.cadence]
    return AssetSpec(
        key=key(source.id),
        group_name=GROUP,
        kinds={"requests", "parquet"},
        owners=OWNERS,
        partitions_def=partitions,
        freshness_policy=FreshnessPolicy.time_window(fail_window=window, warn_window=window * 0.8),
        skippable=partitions is not None,  # a backfill that fetched nothing materializes nothing
        description=(
            f"**{source.title}** by {source.publisher}, {source.cadence}. {source.note}\n\n"
            f"Licence: {source.licence}. Cite: {source.citation}"
        ),
        tags={"cadence": source.cadence, "weight": "heavy" if source.heavy else "light"},
        metadata={
            "homepage": MetadataValue.url(source.homepage),
            "licence": source.licence,
            "cadence": source.cadence,
            "lag_days": source.lag_days,
            "tables": ", ".join(table.name for table in source.tables),
        },
    )


def checks(source_id: str) -> list[AssetCheckSpec]:
    """The checks of every refresh of a source. They only warn and never fail a run."""
    return [
        AssetCheckSpec("reached", asset=key(source_id), description="The publisher responded if contacted."),
        AssetCheckSpec("newest_period", asset=key(source_id), description="No period is overdue."),
    ]


def build(
    name: str, chosen: Sequence[SourceModule], partitions: MonthlyPartitionsDefinition | None = None
) -> AssetsDefinition:
    """One step that refreshes the selected sources in parallel; each can be materialized alone."""

    @multi_asset(
        name=name,
        specs=[spec(module.SOURCE, partitions) for module in chosen],
        check_specs=[check for module in chosen for check in checks(module.SOURCE.id)],
        can_subset=True,
        partitions_def=partitions,
        backfill_policy=BackfillPolicy.single_run() if partitions else None,
        retry_policy=RetryPolicy(max_retries=2, delay=60, backoff=Backoff.EXPONENTIAL),
    )
    def refreshes(
        context: AssetExecutionContext, refresh: RefreshOptions
    ) -> Iterator[MaterializeResult[None] | AssetCheckResult]:
        ids = {asset.path[-1] for asset in context.selected_asset_keys}
        wanted = [module for module in chosen if module.SOURCE.id in ids]
        periods = _periods(context) if partitions else ()
        empty: list[str] = []
        for outcome in refresh_all(wanted, read_settings(), refresh, periods):
            context.log.info(outcome_text.sentence(outcome.source_id, outcome.mode, outcome.note))
            source = modules()[outcome.source_id].SOURCE
            missing = sorted(set(periods) - months_held(outcome, source, periods))
            made = result(outcome, source, missing)
            if not missing or _loads_too(context):
                yield made
                continue
            for month in sorted(set(periods) - set(missing)):
                context.log_event(
                    AssetMaterialization(key(source.id), metadata=made.metadata, partition=str(month))
                )
            yield from made.check_results or ()
            months = ", ".join(f"{month:%Y-%m}" for month in missing[:MOST_NAMED])
            more = " and more" if len(missing) > MOST_NAMED else ""
            empty.append(
                f"{source.id} has no data for {len(missing)} of {len(periods)} months ({months}{more}): "
                f"{outcome.note}"
            )
        if empty:
            raise Failure(
                f"{'; '.join(empty)}. These months stay missing; data received for the others "
                "are archived, and the next refresh loads them.",
                allow_retries=False,
            )

    return refreshes


def months_held(outcome: SourceOutcome, source: Source, months: Sequence[date]) -> set[date]:
    """The given months, by their first day, for which the source's leading files have figures."""
    held: set[date] = set()
    for file in outcome.tables:
        if months and file.mode != STARTER and file.partition.startswith(source.leading):
            rows = pl.scan_parquet(file.path)
            if "period" in rows.collect_schema():
                held |= set(rows.select("period").unique().collect()["period"]) & set(months)
    return held


def refresh_all(
    wanted: Sequence[SourceModule], settings: Settings, options: RefreshOptions, periods: Sequence[date] = ()
) -> Iterator[SourceOutcome]:
    """Refresh sources in threads, since they wait on different hosts; yield each outcome as it arrives."""
    offline = options.offline or settings.offline
    now = datetime.now(UTC)
    today = now.date()
    asked_wide: dict[str, bool] = {}
    pool = ThreadPoolExecutor(settings.fetch_threads)
    with nullcontext() if offline else open_http(settings) as http:
        try:
            running = []
            for module in wanted:
                why_not = (
                    NOTHING_ASKED
                    if offline
                    else _reason_not_fetched(module.SOURCE, settings, options, periods)
                )
                fetching = None
                if http is not None and not why_not:
                    # A nightly run widens its window once a month by itself; a backfill sets its own window.
                    due = (
                        options.include_heavy
                        and not periods
                        and wide_window.is_due(settings, module.SOURCE.id, today)
                    )
                    asked_wide[module.SOURCE.id] = options.wide_window or due
                    fetching = fetch_options(
                        module.SOURCE, settings, http, periods, is_wide=options.wide_window or due
                    )
                    if due and not options.wide_window:
                        fetching = replace(
                            fetching, since=wide_window.going_on_since(settings, module.SOURCE.id, now)
                        )
                running.append(pool.submit(refresh_and_record, module, settings, fetching, why_not))
            for done in as_completed(running):
                outcome = done.result()
                if outcome.source_id in asked_wide and not periods:
                    wide_window.note(settings, outcome, today, is_wide=asked_wide[outcome.source_id])
                yield outcome
        finally:
            # On interrupt, do not wait for slow publishers.
            pool.shutdown(wait=False, cancel_futures=True)


def result(
    outcome: SourceOutcome, source: Source, months_missing: Sequence[date] = ()
) -> MaterializeResult[None]:
    """Dagster's record of a refresh of a source, with its checks.

    ``months_missing``: the months of a backfill for which nothing was received.
    """
    files = outcome.tables
    due = expected_next(source, outcome.newest_period)
    return MaterializeResult(
        asset_key=key(outcome.source_id),
        data_version=DataVersion(_version(outcome)),
        metadata={
            "mode": outcome.mode,
            "note": outcome.note,
            "changed": outcome.changed,
            "rows": sum(file.rows for file in files),
            "bytes": sum(record.bytes for record in outcome.records),
            "files": len(outcome.records),
            "quarantined_rows": sum(file.refused_rows for file in files),
            "newest_period": str(outcome.newest_period or ""),
            "vintage": str(max((file.vintage for file in files if file.vintage), default="")),
            "expected_next": str(due or ""),
            **({"months_missing": [f"{month:%Y-%m}" for month in months_missing]} if months_missing else {}),
        },
        check_results=[
            AssetCheckResult(
                asset_key=key(outcome.source_id),
                check_name="reached",
                passed=not outcome.problems and outcome.mode != "failed",
                severity=AssetCheckSeverity.WARN,
                description="; ".join(outcome.problems) or outcome.note,
                metadata={
                    "served": outcome.mode,
                    "problems": MetadataValue.json(list(outcome.problems)),
                    "what_to_do": "Nothing to do tonight: the vintage named is served. If it persists, open "
                    f"the source's page ({source.homepage}) or put the file into drop_in/{source.id}/.",
                },
            ),
            AssetCheckResult(
                asset_key=key(outcome.source_id),
                check_name="newest_period",
                passed=due is None or due >= datetime.now(UTC).date(),
                severity=AssetCheckSeverity.WARN,
                description=f"newest {outcome.newest_period or 'none'}, next due {due or 'at no fixed time'}",
                metadata={
                    "newest_period": str(outcome.newest_period or "none"),
                    "expected_next": str(due or "irregular"),
                    "what_to_do": f"Check on {source.homepage} whether the release is late or has moved.",
                },
            ),
        ],
    )


def _reason_not_fetched(
    source: Source, settings: Settings, options: RefreshOptions, periods: Sequence[date]
) -> str:
    """Why this source is not fetched in this run; empty if it is fetched."""
    if options.sources:
        return "" if source.id in options.sources else "this run was limited to other sources"
    if is_heavy(source, settings) and not (options.include_heavy or periods):
        return "a heavy source: fetched with --all, with --sources or at night"
    return ""


def _periods(context: AssetExecutionContext) -> tuple[date, ...]:
    """The months of a backfill; empty in a run without partitions, which uses the usual window."""
    if not context.has_partition_key and not context.has_partition_key_range:
        return ()
    return tuple(date.fromisoformat(month) for month in context.partition_keys)


def _loads_too(context: AssetExecutionContext) -> bool:
    """Whether this run also loads the raw tables, as *Materialize all* does.

    Such a run does not fail if a month is not out yet: the tables are built from what is available.
    """
    layer = context.job_def.asset_layer
    return any(asset.path[0] == "raw" for asset in layer.executable_asset_keys)


def _version(outcome: SourceOutcome) -> str:
    newest = outcome.records[-1].archive_id[:16] if outcome.records else outcome.mode
    return f"{newest}-{len(outcome.records)}"


def assets() -> list[AssetsDefinition]:
    """All `source` assets."""
    by_month = [module for name, module in modules().items() if name in BY_MONTH]
    others = [module for name, module in modules().items() if name not in BY_MONTH]
    built = [build("sources", others)]
    return [*built, build("trade_sources", by_month, MONTHS)] if by_month else built
