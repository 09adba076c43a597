"""All settings, read from the environment in one place.

Each field is an environment variable ``MINERALS_<FIELD>``; API keys have the names that their publishers use.
``MINERALS_<SOURCE>_URL`` replaces one source's address (a mirror, or a test's local server).
"""

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DEFAULT_HOME = Path("warehouse/data")
VERSION = "0.1.0"
OWNERS = ["team:data"]
"""The owners that Dagster shows for every asset."""
RUN_LOGGER = "minerals.run"
"""Name of the logger to which a refresh from the command line writes."""

_OF_OTHERS = frozenset({"MINERALS_DBT_PARENT", "MINERALS_PROJECT"})
"""Variables that are not settings but are passed between processes."""

LARGE_RAW_BYTES = 100 << 20
"""Size of `raw.duckdb` above which parallel models slow each other down."""


class Settings(BaseSettings):
    """Paths, limits, keys and alert targets of one installation."""

    model_config = SettingsConfigDict(env_prefix="MINERALS_", extra="ignore", frozen=True)

    home: Path = DEFAULT_HOME
    offline: bool = False
    memory_limit: str = "2GB"
    threads: int = Field(default=2, ge=1)
    models_at_once: int | None = Field(default=None, ge=1)
    temp_directory: Path | None = None
    preserve_insertion_order: bool = True
    fetch_threads: int = Field(default=6, ge=1)
    pace: float = Field(
        default=1.0, ge=0, description="Multiplies throttles and back-offs; 0 for private mirrors."
    )
    patience: float = Field(default=1.0, gt=0, description="Multiplies the timeouts of publishers.")
    source_minutes: float = Field(
        default=30, ge=0, description="Maximum minutes of a refresh for one source; 0 for no limit."
    )
    keep_publications: int = Field(default=7, ge=1)
    keep_vintages_months: int = Field(
        default=12, ge=0, description="Months that keep a vintage of each file; earlier years keep one."
    )
    dbt_target: Literal["duckdb", "spark"] = Field(default="duckdb", validation_alias="DBT_TARGET")
    exchange: str = Field(default="", description="Where Spark and DuckDB exchange Parquet; a path or URL.")
    lock_timeout_seconds: float = Field(default=3600, ge=0)

    census_api_key: SecretStr | None = Field(default=None, validation_alias="CENSUS_API_KEY")
    comtrade_api_key: SecretStr | None = Field(default=None, validation_alias="COMTRADE_API_KEY")
    postgres_url: SecretStr | None = None

    alert_log: bool = False
    alert_webhook_url: SecretStr | None = None
    alert_smtp_url: SecretStr | None = None
    alert_email_from: str = "minerals@localhost"
    alert_email_to: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("home", mode="before")
    @classmethod
    def _home_unless_empty(cls, home: Any) -> Any:
        return home or DEFAULT_HOME

    @field_validator("home")
    @classmethod
    def _home_below_project(cls, home: Path) -> Path:
        return (PROJECT_ROOT / home.expanduser()).resolve()

    @field_validator("memory_limit")
    @classmethod
    def _memory_with_unit(cls, limit: str) -> str:
        if not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B|%)", limit.strip(), re.IGNORECASE):
            raise ValueError(f"a size such as 4GB is expected, not {limit!r}")
        return limit

    @field_validator("alert_email_to", mode="before")
    @classmethod
    def _addresses_by_comma(cls, value: object) -> object:
        return tuple(filter(None, value.replace(" ", "").split(","))) if isinstance(value, str) else value

    @cached_property
    def source_urls(self) -> dict[str, str]:
        """The overridden base URL of each source, by source id."""
        own = {f"MINERALS_{name.upper()}" for name in type(self).model_fields}
        return {
            name.removeprefix("MINERALS_").removesuffix("_URL").lower(): value
            for name, value in os.environ.items()
            if name.startswith("MINERALS_") and name.endswith("_URL") and name not in own and value
        }

    @property
    def keys(self) -> dict[str, str]:
        """The publishers' keys that are set, by the variable that a source names in ``key_env``."""
        at_hand = {"CENSUS_API_KEY": self.census_api_key, "COMTRADE_API_KEY": self.comtrade_api_key}
        return {
            name: key.get_secret_value() for name, key in at_hand.items() if key and key.get_secret_value()
        }

    @property
    def archive_dir(self) -> Path:
        """The publishers' files."""
        return self.home / "archive"

    @property
    def parsed_dir(self) -> Path:
        """The Parquet of each archived file."""
        return self.home / "parsed"

    @property
    def outcomes_dir(self) -> Path:
        """The last outcome of each source, one JSON file per source."""
        return self.home / "outcomes"

    @property
    def drop_in_dir(self) -> Path:
        """Files dropped in by hand, one folder per source."""
        return self.home / "drop_in"

    @property
    def raw_path(self) -> Path:
        """The file of the raw and staging layers."""
        return self.home / "raw.duckdb"

    @property
    def build_path(self) -> Path:
        """The file that dbt builds: core, marts, meta."""
        return self.home / "build.duckdb"

    @property
    def published_path(self) -> Path:
        """The file that analysts open."""
        return self.home / "minerals.duckdb"

    @property
    def is_built_elsewhere(self) -> bool:
        """Whether an engine other than DuckDB runs dbt's models."""
        return self.dbt_target != "duckdb"

    @property
    def exchange_place(self) -> str:
        """The folder or object store address where Spark and DuckDB exchange Parquet."""
        return self.exchange or str(self.home / "exchange")

    @property
    def brief_path(self) -> Path:
        """The page for readers."""
        return self.home / "brief" / "index.html"

    @property
    def dbt_target_path(self) -> Path:
        """The artifacts of the last dbt build."""
        return self.home / "dbt"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own records."""
        return self.home / "dagster"

    @property
    def starter_dir(self) -> Path:
        """The project's own extract, in the checkout."""
        return PROJECT_ROOT / "ingest" / "starter"

    @property
    def spill_dir(self) -> Path:
        """The folder into which DuckDB spills data that does not fit in memory."""
        return self.temp_directory or self.home / "tmp"

    @property
    def models_side_by_side(self) -> int:
        """How many models dbt builds in parallel; by default as many as threads.

        With a large history it is one: a model uses all threads by itself, and two would share the memory and
        spill.
        """
        if self.models_at_once:
            return self.models_at_once
        is_large = self.raw_path.is_file() and self.raw_path.stat().st_size >= LARGE_RAW_BYTES
        return 1 if is_large and not self.is_built_elsewhere else self.threads

    def dbt_environment(self) -> dict[str, str]:
        """What `dbt_project/profiles.yml` reads, and a readable log: dbt's own has 25 MB per build."""
        return {
            "MINERALS_HOME": str(self.home),
            "MINERALS_THREADS": str(self.threads),
            "MINERALS_MEMORY_LIMIT": self.memory_limit,
            "MINERALS_TEMP_DIRECTORY": str(self.spill_dir),
            "MINERALS_PRESERVE_INSERTION_ORDER": str(self.preserve_insertion_order),
            "MINERALS_EXCHANGE": self.exchange_place,
            "DBT_TARGET": self.dbt_target,
            "DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE", "info"),
            "DBT_LOG_FORMAT_FILE": os.environ.get("DBT_LOG_FORMAT_FILE", "text"),
        }


def deny_others_writing() -> None:
    """Deny group and others write access to files created by this process, whatever its umask."""
    os.umask(os.umask(0o022) | 0o022)


def misspelt(sources: Iterable[str]) -> list[str]:
    """A sentence for each unknown ``MINERALS_...`` variable, with the nearest known one."""
    known = {f"MINERALS_{name.upper()}" for name in Settings.model_fields}
    known |= {f"MINERALS_{source.upper()}_URL" for source in sources} | _OF_OTHERS
    found = []
    for name in sorted(os.environ):
        if not name.startswith("MINERALS_") or name in known or name.startswith("MINERALS_SPARK_"):
            continue
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.85)
        meant = f"; {near[0]} is" if near else ""
        found.append(f"{name} is not a setting and has no effect{meant}.")
    return found


_EXPECTED = {
    "bool_parsing": "true or false",
    "float_parsing": "a number",
    "int_parsing": "a whole number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge:g} or more",
    "literal_error": "{expected}",
}
"""The expected values of a setting, by pydantic's error type."""


def wrong_setting(error: ValidationError) -> str:
    """One sentence on the first wrong setting: its variable, its value, and what is expected."""
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    variable = f"MINERALS_{field.upper()}" if field in Settings.model_fields else field
    expected = _EXPECTED.get(first["type"])
    if expected is None:
        return f"{variable} is wrong: {first['msg'].removeprefix('Value error, ')}."
    return f"{variable} is {first['input']!r}, where {expected.format(**first.get('ctx', {}))} is expected."


def read_settings() -> Settings:
    """Read the settings from the environment."""
    return Settings()
