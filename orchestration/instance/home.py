"""The Dagster instance below `MINERALS_HOME`: its configuration and DAGSTER_HOME."""

import json
import os
from pathlib import Path

from orchestration.settings import PROJECT_ROOT, Settings
from warehouse.files import replace_file

POSTGRES_STORAGE = """
storage:
  postgres:
    postgres_url:
      env: MINERALS_POSTGRES_URL
"""


SQLITE_EVENT_LOG = """
event_log_storage:
  module: orchestration.instance.event_log
  class: EventLog
  config:
    base_dir: {folder}
"""


def prepare(settings: Settings) -> Path:
    """Make `$MINERALS_HOME/dagster` a DAGSTER_HOME with the project's `dagster.yaml`, and return it.

    Only the name of the Postgres variable is written, never its value, since it may contain a password.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    text = (PROJECT_ROOT / "dagster.yaml").read_text()
    if settings.postgres_url:
        text += POSTGRES_STORAGE
    else:
        # JSON strings are valid YAML.
        text += SQLITE_EVENT_LOG.format(folder=json.dumps(str(home / "history" / "runs")))
    target = home / "dagster.yaml"
    if not target.exists() or target.read_text() != text:
        replace_file(target, text)
    return home


def activate(settings: Settings) -> None:
    """Point this process and its children to the instance, unless DAGSTER_HOME is set already."""
    os.environ["MINERALS_HOME"] = str(settings.home)
    if settings.postgres_url:
        # SQLAlchemy 2.1 maps plain `postgresql` to psycopg 3, but dagster-postgres installs psycopg2.
        scheme, _, address = settings.postgres_url.get_secret_value().partition("://")
        os.environ["MINERALS_POSTGRES_URL"] = f"{scheme.partition('+')[0]}+psycopg2://{address}"
    os.environ.setdefault("DAGSTER_HOME", str(prepare(settings)))
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")
