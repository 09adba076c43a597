"""Thirty questions with known answers, sent to `minerals mcp` by the client of the protocol.

Figures are those of the starter, as USGS, BACI and the tariff schedule print them.
"""

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.programs import MINERALS
from warehouse.serve.as_json import as_json
from warehouse.serve.tools import Tools

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed: make .venv/.mcp")

QUESTIONS: list[tuple[str, str, dict[str, Any], Any]] = [
    (one["words"], one["tool"], one["values"], one["known"])
    for one in json.loads(Path(__file__).with_name("questions.json").read_bytes())
]

REFUSED = [
    ("query", {"sql": "select * from read_csv('/etc/passwd')"}, "disabled"),
    ("query", {"sql": "copy (select 1) to '/tmp/never'"}, "single SELECT"),
    ("query", {"sql": "select nothing from marts.import_dependency"}, "nothing"),
    ("describe", {"table": "marts.nothing"}, "no table"),
    ("cite", {"source_id": "nobody"}, "no source"),
    ("compare_vintages", {"mineral": "unobtainium"}, "unobtainium"),
    ("explain", {"mart": "import_dependency", "key": ["ATLANTIS"]}, "ATLANTIS"),
    ("explain", {"mart": "import_dependency", "key": {"area": "USA"}}, "key must be a list of texts"),
    ("explain", {"mart": "import_dependency"}, "explain needs key"),
    ("what_changed", {"since": "nonsense"}, "is not a day"),
    ("list_tables", {"filter": "trade"}, "it takes contains"),
    ("gossip", {}, "There is no tool gossip"),
]
ACCEPTED = [
    ("explain", {"mart": "import_dependency", "key": ["USA", "cobalt", 2024]}, "figures"),
    ("query", {"sql": "select path from duckdb_databases() where path is not null"}, "publication://"),
]


@pytest.fixture(scope="module")
def answers(published_starter: Path) -> dict[str, Any]:
    """The answers to all questions in one session, as an assistant would use it."""
    return asyncio.run(put(published_starter))


async def put(home: Path) -> dict[str, Any]:
    """Request the list of tools, the answer to each question in words, and the refusals."""
    program = mcp.StdioServerParameters(
        command=str(MINERALS), args=["mcp"], env=dict(os.environ) | {"MINERALS_HOME": str(home)}
    )
    async with mcp.Client(program) as client:
        found: dict[str, Any] = {
            "tools": [tool.name for tool in (await client.list_tools()).tools],
            "resources": [str(one.uri) for one in (await client.list_resources()).resources],
            "refused": [],
            "accepted": [],
            "dictionary": (await client.read_resource("minerals://dictionary")).contents[0].text,
        }
        for words, tool, values, _ in QUESTIONS:
            answer = await client.call_tool(tool, values)
            assert not answer.is_error, (words, answer.content)
            found[words] = json.loads(answer.content[0].text)
        for kind, calls in (("refused", REFUSED), ("accepted", ACCEPTED)):
            for tool, values, _ in calls:
                answer = await client.call_tool(tool, values)
                found[kind].append((answer.is_error, answer.content[0].text))
    return found


def is_answered(answer: dict[str, Any], known: Any) -> bool:
    """Whether an answer contains the known value: a cell, two adjacent cells, or words."""
    if known is None:
        return bool(answer["figures"] and answer["files"])
    if isinstance(known, list):
        places = [answer["columns"].index(name) for name in ("old_value", "new_value")]
        return known in [[row[place] for place in places] for row in answer["rows"]]
    if "rows" in answer and len(answer["rows"]) == 1 and len(answer["rows"][0]) == 1:
        cell = answer["rows"][0][0]
        return cell == known if isinstance(known, str) else bool(abs(cell - known) < 1e-5)
    return str(known) in json.dumps(answer, ensure_ascii=False)


@pytest.mark.long
@pytest.mark.parametrize(("words", "known"), [(words, known) for words, _, _, known in QUESTIONS])
def test_thirty_questions_have_their_answers(answers: dict[str, Any], words: str, known: Any) -> None:
    answer = answers[words]
    assert is_answered(answer, known), answer
    assert answer["build_id"] == "20260205T031502Z"
    assert answer["licence"]


@pytest.mark.long
def test_figures_carry_sources_licences_and_flags_in_words(answers: dict[str, Any]) -> None:
    mined = answers["How much cobalt did Congo mine in 2025, in t?"]
    assert "usgs_mcs" in {one["source_id"] for one in mined["sources"]}
    assert "public domain" in mined["licence"]
    through_a_macro = answers["Which of the three draws most of its natural graphite from China?"]
    assert "cepii_baci" in {one["source_id"] for one in through_a_macro["sources_of_tables"]}
    announced = answers["When did China announce its licences for gallium?"]
    assert [one["source_id"] for one in announced["sources"]] == ["policy_events"]
    book = answers["Of which minerals does an area import more than half from China?"]
    assert book["flags_in_words"], book["columns"]


@pytest.mark.long
def test_the_client_sees_tools_and_resources(answers: dict[str, Any]) -> None:
    assert {"list_tables", "describe", "query", "explain", "cite", "compare_vintages", "what_changed"} <= set(
        answers["tools"]
    )
    assert answers["resources"] == ["minerals://dictionary", "minerals://questions"]
    assert "marts.import_dependency" in answers["dictionary"]


@pytest.mark.long
def test_no_answer_without_arguments_fills_the_room_of_an_assistant(published_starter: Path) -> None:
    """What is left out is counted, and the answer says how to get it."""
    tools = Tools(published_starter)
    listed, changed = tools.list_tables(), tools.what_changed()
    assert len(as_json(listed)) < 30_000
    assert len(as_json(changed)) < 30_000
    every = {one["table"] for one in listed["tables"]} | set(listed["other_tables"])
    assert {"marts.import_dependency", "core.fct_price", "meta.source_status"} <= every
    core = {one["table"] for one in tools.list_tables("core.")["tables"] if one["table"].startswith("core.")}
    assert core
    assert core <= set(listed["other_tables"])
    assert changed["entry_count"] > len(changed["entries"]) == 20
    onward = tools.what_changed(offset="20")
    assert "offset=20 " in changed["more"]
    assert onward["entries"][0] not in changed["entries"]
    with pytest.raises(ValueError, match="offset is a number"):
        tools.what_changed(offset="next")


def test_the_server_says_its_version(published: Path) -> None:
    from warehouse.serve.mcp_server import server  # noqa: PLC0415  (needs the library)

    assert re.fullmatch(r"\d+\.\d+.*", server(published).version)


@pytest.mark.long
def test_a_refusal_is_a_sentence(answers: dict[str, Any]) -> None:
    for (is_error, text), (_, values, word) in zip(answers["refused"], REFUSED, strict=True):
        assert is_error, values
        assert word in text, text
        assert "Traceback" not in text
        assert "validation error" not in text


@pytest.mark.long
def test_calls_phrased_as_people_write_are_answered(answers: dict[str, Any], published_starter: Path) -> None:
    for (is_error, text), (_, values, word) in zip(answers["accepted"], ACCEPTED, strict=True):
        assert not is_error, (values, text)
        assert word in text
        assert str(published_starter) not in text


def test_there_are_thirty_questions() -> None:
    assert len(QUESTIONS) == 30
