"""The code location: all definitions that Dagster loads."""

import gc
import warnings

# Loading creates a million objects, nearly all of which stay alive, so garbage collection would take a
# quarter of the time.
gc.disable()

from dagster import BetaWarning, Definitions, in_process_executor, with_source_code_references

from orchestration import checks, jobs, loggers, resources, schedules, sensors
from orchestration.assets import brief, models, publication, raw, sources
from orchestration.dbt import command_line
from orchestration.dbt.manifest import ensure_manifest
from orchestration.instance import patches
from orchestration.settings import deny_others_writing

# Code references are in beta since Dagster 1.8; one warning per reference and process would flood the log.
warnings.filterwarnings("ignore", category=BetaWarning)


def build() -> Definitions:
    """Assemble the code location. Needs neither network nor environment; parses dbt only if it changed."""
    deny_others_writing()
    patches.apply()
    warehouse = models.assets(ensure_manifest())
    raw_tables = raw.assets()
    inbound = [*sources.assets(), raw_tables]
    reported = [check.key for definition in inbound for check in definition.check_specs]
    assets = [*inbound, warehouse, publication.assets(warehouse, reported), brief.assets()]
    return Definitions(
        assets=with_source_code_references(assets),
        asset_checks=checks.schema_changes(raw_tables),
        jobs=[jobs.NIGHTLY, jobs.housekeeping],
        schedules=schedules.ALL,
        sensors=[sensors.drop_in, *sensors.alerting()],
        loggers=loggers.LOGGERS,
        executor=in_process_executor,
        resources={"refresh": resources.RefreshOptions(), "dbt": command_line.dbt_cli()},
    )


defs = build()
gc.enable()
