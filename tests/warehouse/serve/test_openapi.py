"""`/openapi.json` has every route with its responses, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Match, Route

from tests.warehouse.serve.conftest import Get
from warehouse.serve.app import Server
from warehouse.serve.open_publications import Publications
from warehouse.serve.openapi import description

TABLE = "/v1/marts/import_sources"
METHODS = ("get", "head", "post")


@pytest.fixture
def described(published: Path) -> dict[str, Any]:
    return description(Publications(published).current(), has_sql=True)


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    ]


def routes(published: Path) -> list[Route]:
    return [one for one in Server(published, sql=True).app().routes if isinstance(one, Route)]


def test_the_description_has_every_table_and_its_types(get: Get) -> None:
    found = get("/openapi.json").json()
    paths = {table["address"] for table in get("/v1").json()["tables"]}
    assert paths <= found["paths"].keys()
    row = found["paths"][TABLE]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert row["properties"]["rows"]["items"]["properties"]["value_usd"]["type"] == ["number", "null"]
    assert "/v1/sql" not in found["paths"]


def test_every_route_is_described(published: Path, described: dict[str, Any]) -> None:
    """A table's address is described once for each table."""
    listed = {
        re.sub(r"^/v1/(core|marts|meta)/\w+$", "/v1/{schema}/{table}", path) for path in described["paths"]
    }
    shown = [one for one in routes(published) if one.include_in_schema]
    assert len(shown) > 15
    for route in shown:
        path = route.path.replace(":path}", "}")
        assert path in listed, path
        if path != "/v1/{schema}/{table}":
            methods = {method.lower() for method in route.methods or ()}
            assert methods == described["paths"][path].keys() & set(METHODS), path


def test_every_operation_is_served(published: Path, described: dict[str, Any]) -> None:
    served_by = [one for one in routes(published) if one.path != "/{path:path}/"]
    for path, method, _ in operations(described):
        scope = {"type": "http", "method": method.upper(), "path": re.sub(r"{\w+}", "x", path)}
        assert any(route.matches(scope)[0] is Match.FULL for route in served_by), (method, path)


def test_every_operation_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(names)) == len(names) > 30
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", name) for name in names)
    assert {"read_marts_import_sources", "head_read_marts_import_sources", "select_by_post"} <= set(names)


def test_every_schema_and_reference_is_valid(described: dict[str, Any]) -> None:
    schemas: list[Any] = []
    references: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "schema" in node:
                schemas.append(node["schema"])
            if "$ref" in node:
                references.append(node["$ref"])
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(described)
    assert len(schemas) > 50
    for schema in schemas:
        Draft202012Validator.check_schema(schema)
    assert references
    for reference in references:
        found: Any = described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found, reference


def test_parameters_of_a_path_are_those_it_names(described: dict[str, Any]) -> None:
    shared = described["components"]["parameters"]
    for path, item in described["paths"].items():
        listed = [
            shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
            for one in item.get("parameters", [])
        ]
        named = {one["name"] for one in listed if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)), path
        places = [(one["name"], one["in"]) for one in listed]
        assert len(set(places)) == len(places), path


def test_every_response_has_a_description_and_refusals_are_there(described: dict[str, Any]) -> None:
    shared = described["components"]["responses"]
    for path, method, operation in operations(described):
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[2-5]\d\d", status)
            found = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
            assert found["description"], (path, method, status)
            assert method != "head" or "content" not in found, (path, status)
    table = described["paths"][TABLE]["get"]["responses"]
    assert {"200", "304", "400", "404", "412", "414", "503"} == table.keys()
    assert {"206", "416"} <= described["paths"]["/files/{path}"]["get"]["responses"].keys()
    assert {"408", "413", "503"} <= described["paths"]["/v1/sql"]["post"]["responses"].keys()


def test_every_answer_matches_the_description(published: Path, get: Get, described: dict[str, Any]) -> None:
    """Every path as it is served: its status and media type are in the description."""
    (published / "brief").mkdir()
    (published / "brief" / "index.html").write_text("<!doctype html>")
    examples = {
        "number": "1",
        "mart": "import_sources",
        "key": "USMCA",
        "path": "minerals.duckdb",
        "build": "20260201T031500Z",
    }
    for path, method, operation in operations(described):
        if method != "get" or path == "/v1/sql":
            continue
        filled = path.format(**examples | ({"path": "index.html"} if path.startswith("/brief") else {}))
        answer = get(filled, allow_redirects=False)
        assert str(answer.status_code) in operation["responses"], path
        response = operation["responses"][str(answer.status_code)]
        if "content" in response:
            form = answer.headers["Content-Type"].partition(";")[0]
            assert {form, "*/*"} & response["content"].keys(), path
            if form in response["content"]:
                is_json = form.endswith("json")
                schema = response["content"][form]["schema"]
                Draft202012Validator(schema).validate(answer.json() if is_json else answer.text)
