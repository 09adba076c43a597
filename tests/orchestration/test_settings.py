import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestration.instance import home
from orchestration.pipeline.writer import duckdb_limits
from orchestration.settings import (
    LARGE_RAW_BYTES,
    PROJECT_ROOT,
    Settings,
    misspelt,
    read_settings,
    wrong_setting,
)
from warehouse.connect import Engine

pytestmark = pytest.mark.usefixtures("home")


def test_home_defaults_to_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINERALS_HOME")
    assert read_settings().home == PROJECT_ROOT / "warehouse" / "data"
    monkeypatch.setenv("MINERALS_HOME", "")
    assert read_settings().home == PROJECT_ROOT / "warehouse" / "data", "and not the checkout itself"


def test_url_overrides_are_keyed_by_source_id(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_CENSUS_API_URL", "http://127.0.0.1:1/data")
    monkeypatch.setenv("MINERALS_ALERT_WEBHOOK_URL", "http://127.0.0.1:1/hook")
    monkeypatch.setenv("MINERALS_POSTGRES_URL", "postgresql://u:geheim@127.0.0.1/x")
    assert read_settings().source_urls == {"census_api": "http://127.0.0.1:1/data"}
    assert settings.source_urls == {"census_api": "http://127.0.0.1:1/data"}


def test_an_unknown_setting_is_named_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_MEMORY_LIMT", "4GB")
    monkeypatch.setenv("MINERALS_CENSUS_BULK_URL", "http://127.0.0.1:1/data")
    monkeypatch.setenv("MINERALS_OFFLINE", "true")
    monkeypatch.setenv("MINERALS_SPARK_HOST", "127.0.0.1")
    assert misspelt(["census_bulk"]) == [
        "MINERALS_MEMORY_LIMT is not a setting and has no effect; MINERALS_MEMORY_LIMIT is."
    ]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("MINERALS_THREADS", "two", "MINERALS_THREADS is 'two', where a whole number is expected."),
        (
            "MINERALS_KEEP_PUBLICATIONS",
            "0",
            "MINERALS_KEEP_PUBLICATIONS is '0', where 1 or more is expected.",
        ),
        ("MINERALS_OFFLINE", "maybe", "MINERALS_OFFLINE is 'maybe', where true or false is expected."),
        ("DBT_TARGET", "snow", "DBT_TARGET is 'snow', where 'duckdb' or 'spark' is expected."),
        (
            "MINERALS_MEMORY_LIMIT",
            "lots",
            "MINERALS_MEMORY_LIMIT is wrong: a size such as 4GB is expected, not 'lots'.",
        ),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError) as error:
        read_settings()
    assert wrong_setting(error.value) == sentence


def test_keys_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENSUS_API_KEY", "geheim")
    found = read_settings()
    assert found.keys == {"CENSUS_API_KEY": "geheim"}
    assert "geheim" not in repr(found)
    assert "geheim" not in found.model_dump_json()


def test_addresses_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_ALERT_EMAIL_TO", "a@example.org, b@example.org")
    assert read_settings().alert_email_to == ("a@example.org", "b@example.org")


def test_the_engine_of_the_models_is_swapped_by_configuration(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not settings.is_built_elsewhere
    assert settings.dbt_environment()["DBT_TARGET"] == "duckdb"
    monkeypatch.setenv("DBT_TARGET", "spark")
    monkeypatch.setenv("MINERALS_EXCHANGE", "s3://bucket/minerals")
    swapped = read_settings()
    assert swapped.is_built_elsewhere
    assert swapped.dbt_environment()["DBT_TARGET"] == "spark"
    assert swapped.dbt_environment()["MINERALS_EXCHANGE"] == "s3://bucket/minerals"


def test_models_of_a_large_history_are_built_one_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.models_side_by_side == settings.threads
    settings.raw_path.parent.mkdir(parents=True, exist_ok=True)
    with settings.raw_path.open("wb") as file:
        file.truncate(LARGE_RAW_BYTES)
    assert settings.models_side_by_side == 1
    monkeypatch.setenv("MINERALS_MODELS_AT_ONCE", "3")
    assert read_settings().models_side_by_side == 3


def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_THREADS", "0")
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        read_settings()


def test_instance_names_postgres_but_not_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = (home.prepare(read_settings()) / "dagster.yaml").read_text()
    assert "postgres_url" not in plain
    monkeypatch.setenv("MINERALS_POSTGRES_URL", "postgresql://u:geheim@127.0.0.1/x")
    written = (home.prepare(read_settings()) / "dagster.yaml").read_text()
    assert "env: MINERALS_POSTGRES_URL" in written
    assert "geheim" not in written


def test_an_explicit_dagster_home_is_kept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "")
    home.activate(settings)
    assert os.environ["DAGSTER_HOME"] == str(tmp_path)


def test_dbt_receives_the_limits_of_the_engine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert settings.dbt_environment()["MINERALS_TEMP_DIRECTORY"] == str(settings.home / "tmp")
    for name, value in {"TEMP_DIRECTORY": str(tmp_path), "PRESERVE_INSERTION_ORDER": "false"}.items():
        monkeypatch.setenv(f"MINERALS_{name}", value)
    passed_on = read_settings().dbt_environment()
    assert (passed_on["MINERALS_TEMP_DIRECTORY"], passed_on["MINERALS_PRESERVE_INSERTION_ORDER"]) == (
        str(tmp_path),
        "False",
    )
    assert duckdb_limits(read_settings()) == Engine("2GB", 2, tmp_path, preserve_insertion_order=False)


@pytest.mark.parametrize("limit", ["4GB", "512 MiB", "80%", "1.5gb"])
def test_a_memory_limit_is_a_size(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_MEMORY_LIMIT", limit)
    assert read_settings().memory_limit == limit


@pytest.mark.parametrize("limit", ["lots", "4", "-1GB", ""])
def test_a_memory_limit_without_a_size_is_named_at_once(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINERALS_MEMORY_LIMIT", limit)
    with pytest.raises(ValidationError, match="a size such as 4GB is expected"):
        read_settings()
