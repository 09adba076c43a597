"""The code location: everything Dagster runs here, put together."""

import gc
import warnings

# Loading makes a million objects, nearly all to stay: looking for garbage takes a quarter of the time.
gc.disable()

from dagster import BetaWarning, Definitions, in_process_executor, with_source_code_references

from orchestration import checks, console, dagster_ways, jobs, resources, schedules, sensors
from orchestration.assets import brief, published, raw, sources, warehouse
from orchestration.dbt_project import ensure_manifest
from orchestration.settings import deny_others_writing

# Code references are in beta since Dagster 1.8; one warning a reference and process would bury the log.
warnings.filterwarnings("ignore", category=BetaWarning)


def build() -> Definitions:
    """Assemble the code location. Needs no network, no environment; parses dbt only where it changed."""
    deny_others_writing()
    dagster_ways.spare_the_disk()
    dagster_ways.rest_in_queues()
    models = warehouse.assets(ensure_manifest())
    landed = raw.assets()
    inbound = [*sources.assets(), landed]
    told = [check.key for definition in inbound for check in definition.check_specs]
    assets = [*inbound, models, published.assets(models, told), brief.assets()]
    return Definitions(
        assets=with_source_code_references(assets),
        asset_checks=checks.schema_changes(landed),
        jobs=[jobs.NIGHTLY, jobs.housekeeping],
        schedules=schedules.ALL,
        sensors=[sensors.drop_in, *sensors.alerting()],
        loggers=console.LOGGERS,
        executor=in_process_executor,
        resources={"refresh": resources.RefreshOptions(), "dbt": resources.dbt_cli()},
    )


defs = build()
gc.enable()
