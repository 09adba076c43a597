"""Progress of the build, sent to a logger from which the command line displays it."""

import logging
from typing import Any

CHANNEL = logging.getLogger("minerals.building")
CHANNEL.propagate = False
CHANNEL.addHandler(logging.NullHandler())

_STARTED = "LogStartLine"


def report(event: dict[str, Any]) -> None:
    """Report an event of dbt's structured log if it starts a table or a check."""
    if event["info"]["name"] != _STARTED:
        return
    node = event["data"]["node_info"]
    relation = node.get("node_relation") or {}
    is_table = node["resource_type"] in {"model", "seed", "snapshot"}
    name = f"{relation['schema']}.{relation['alias']}" if is_table else node["node_name"]
    say(name if is_table else f"check {name}")


def say(what: str) -> None:
    """Report the current activity."""
    CHANNEL.info(what)
