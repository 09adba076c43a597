"""The loggers available to a run: Dagster's console log, and the command line's progress view."""

import logging
from typing import Any

from dagster import InitLoggerContext, LoggerDefinition, colored_console_logger

from orchestration.settings import RUN_LOGGER

NAME = "minerals"
RUN_CONFIG: dict[str, Any] = {"loggers": {NAME: {"config": {}}}}
"""Run configuration that sends a run's messages to the command line instead of Dagster's console log."""


def _run_logger(_: InitLoggerContext) -> logging.Logger:
    return logging.getLogger(RUN_LOGGER)


LOGGERS = {
    "console": colored_console_logger,
    NAME: LoggerDefinition(_run_logger, description="The command line's own view of a run."),
}
