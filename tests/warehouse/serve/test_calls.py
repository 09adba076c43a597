"""What an assistant reads for any argument of any tool: an answer, or one sentence that helps it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from warehouse.serve.calls import answered, schema
from warehouse.serve.tools import Tools

NAMES = (
    *("list_tables", "describe", "query", "ask_book"),
    *("explain", "cite", "compare_vintages", "what_changed"),
)
NO_SENTENCE = ("Traceback", "validation error", "pydantic", "Error executing", "0x", "[Errno", "object at")
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def tools(published_starter: Path) -> dict[str, Any]:
    found = Tools(published_starter)
    return {name: getattr(found, name) for name in NAMES}


@pytest.fixture
def call(tools: dict[str, Any]) -> Call:
    """The answer to a call, which is not refused."""

    def ask(tool: str, **given: Any) -> Any:
        text, is_error = answered(tools, tool, given)
        assert not is_error, text
        return json.loads(text)

    return ask


@pytest.mark.parametrize(
    ("tool", "given", "message"),
    [
        ("what_changed", {"since": "nonsense"}, "'nonsense' is not a day"),
        ("what_changed", {"since": "2026-02-30"}, "not a day"),
        ("what_changed", {"since": "2026-13"}, "not a day"),
        ("what_changed", {"kind": "gossip"}, "deadline, facility_changed, new_period"),
        ("compare_vintages", {"mineral": "unobtainium"}, "nearest names"),
        ("compare_vintages", {"mineral": "unobtainium", "table": "fct_trade"}, "nearest names"),
        ("compare_vintages", {"mineral": "cobalt", "table": "fct_gossip"}, "publishers revised core."),
        ("compare_vintages", {"mineral": ""}, "nearest names"),
        ("compare_vintages", {}, "needs mineral"),
        ("describe", {"table": "import_dependancy"}, "did you mean import_dependency"),
        ("describe", {"table": ""}, "list_tables"),
        ("describe", {"table": ["marts"]}, "table must be a text"),
        ("describe", {}, "describe needs table"),
        ("cite", {"source_id": "nobody"}, "usgs_mcs"),
        ("cite", {"source": "usgs_mcs"}, "it takes source_id"),
        ("list_tables", {"contains": "unobtainium"}, "No table has 'unobtainium'"),
        ("list_tables", {"filter": "trade"}, "no argument 'filter'; it takes contains"),
        ("explain", {"mart": "import_dependency"}, "needs key"),
        ("explain", {"mart": "import_dependency", "key": []}, "give more of its key"),
        ("explain", {"mart": "import_dependency", "key": {"area": "USA"}}, "key must be a list of texts"),
        ("explain", {"mart": "import_dependency", "key": [["USA"]]}, "key must be a text"),
        ("explain", {"mart": "import_dependency", "key": ["USA", None]}, "key must be a text, not null"),
        ("explain", {"mart": "import_dependency", "key": [True]}, "key must be a text, not true"),
        ("explain", {"mart": "import_dependency", "key": ["ATLANTIS"]}, "no row for ATLANTIS"),
        ("explain", {"mart": "import_dependancy", "key": ["USA"]}, "did you mean import_dependency"),
        ("explain", {"mart": 5, "key": ["USA"]}, "no table 5"),
        ("query", {"sql": ""}, "single SELECT"),
        ("query", {"sql": "select 1; select 2"}, "single SELECT"),
        ("query", {"sql": ["select 1"]}, "sql must be a text"),
        ("query", {"sql": "select '\0'"}, "not valid text"),
        ("query", {"sql": "select '\ud800'"}, "not valid text"),
        ("query", {"sql": "x" * 70_000}, "at most 64 KB"),
        ("query", {"statement": "select 1"}, "it takes sql"),
        ("ask_book", {"question": {"text": "cobalt"}}, "question must be a text"),
        ("ask_book", {"question": "x" * 70_000}, "at most 64 KB"),
        ("gossip", {}, "There is no tool gossip; there are list_tables"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(
    tools: dict[str, Any], tool: str, given: dict[str, Any], message: str
) -> None:
    text, is_error = answered(tools, tool, given)
    assert is_error, text[:200]
    assert message in text
    assert not any(word in text for word in NO_SENTENCE), text
    assert "\n" not in text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1,
        2.5,
        1e300,
        float("nan"),
        "",
        " ",
        "'",
        '"',
        "%",
        "\0",
        "\ud800",
        "é" * 400,
        [],
        [[]],
        {},
        "[",
        "null",
    ],
    ids=lambda value: repr(value)[:10],
)
def test_any_value_of_any_argument_gets_an_answer_or_a_sentence(
    tools: dict[str, Any], published_starter: Path, name: str, value: Any
) -> None:
    usual = {
        "table": "fct_trade",
        "sql": "select 1",
        "mart": "import_dependency",
        "key": ["USA"],
        "mineral": "cobalt",
    }
    for argument in schema(tools[name])["properties"]:
        needed = {one: usual[one] for one in schema(tools[name])["required"]}
        text, is_error = answered(tools, name, needed | {argument: value})
        if not is_error:
            assert json.loads(text)["build_id"]
            continue
        assert text.strip(), argument
        assert not any(word in text for word in NO_SENTENCE), text
        assert " failed" not in text, text
        assert str(published_starter) not in text


@pytest.mark.parametrize(
    "key",
    [["USA", "cobalt", 2024], ["USA", "cobalt", 2024.0], "USA, cobalt, 2024", '["USA", "cobalt", 2024]'],
)
def test_a_key_is_read_as_people_write_it(call: Call, key: Any) -> None:
    found = call("explain", mart="import_dependency", key=key)
    assert found["key"] == {"area": "USA", "mineral_id": "cobalt", "year": "2024"}
    assert found["figures"]


def test_null_counts_as_no_argument_and_a_number_as_text(call: Call) -> None:
    assert call("list_tables", contains=None)["tables"] == call("list_tables")["tables"]
    assert call("ask_book", question=1)["question"] == call("ask_book", question="1")["question"]
    assert (
        call("what_changed", since=2020, kind=None)["entries"]
        == call("what_changed", since="2020-01-01")["entries"]
    )


def test_changes_since_a_day_of_a_kind(call: Call) -> None:
    def all_of(**values: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while len(found) < (answer := call("what_changed", offset=str(len(found)), **values))["entry_count"]:
            found += answer["entries"]
        return found

    every = all_of()
    assert len(every) > 20
    kind, day = every[-1]["kind"], every[len(every) // 2]["day"]
    assert all_of(since=day) == [one for one in every if one["day"] >= day]
    assert all_of(since=day[:7]) == [one for one in every if one["day"] >= day[:7]]
    assert all_of(kind=kind) == [one for one in every if one["kind"] == kind]
    assert all_of(since="2999-01-01") == []


def test_revisions_of_one_table(call: Call) -> None:
    every = call("compare_vintages", mineral="cobalt")
    at = every["columns"].index("table_name")
    tables = {row[at] for row in every["rows"]}
    assert tables
    for table in tables:
        short = call("compare_vintages", mineral="cobalt", table=table.rpartition(".")[2])["rows"]
        assert short == call("compare_vintages", mineral="cobalto", table=table)["rows"]
        assert short == [row for row in every["rows"] if row[at] == table] or len(short) == 500


def test_every_tool_states_what_it_takes(tools: dict[str, Any]) -> None:
    stated = schema(tools["explain"])
    assert stated["required"] == ["mart", "key"]
    assert stated["properties"]["key"]["items"] == {"type": ["string", "number"]}
    assert stated["additionalProperties"] is False
    assert schema(tools["what_changed"])["required"] == []
