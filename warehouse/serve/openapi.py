"""`/openapi.json`: the server's responses, with types from the publication's dictionary."""

from collections.abc import Mapping
from typing import Any

from warehouse.serve.publications import Column, Opened, Table
from warehouse.serve.rows import DEFAULT_ROWS, MOST_ROWS

Json = dict[str, Any]

_TYPES: Mapping[str, Json] = {
    "BOOLEAN": {"type": ["boolean", "null"]},
    "DATE": {"type": ["string", "null"], "format": "date"},
    "TIMESTAMP": {"type": ["string", "null"]},
    "DOUBLE": {"type": ["number", "null"]},
    "FLOAT": {"type": ["number", "null"]},
}
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")


def description(opened: Opened, *, has_sql: bool) -> Json:
    """The OpenAPI 3.1 description of the server for one publication."""
    paths: Json = {
        "/healthz": _get(
            "Whether a publication is served", {"type": "object", "required": ["status", "build_id"]}
        ),
        "/v1": _get("The tables", _built({"tables": {"type": "array", "items": {"type": "object"}}})),
        "/v1/questions": _get(
            "The query book", _built({"questions": {"type": "array", "items": {"type": "object"}}})
        ),
        "/v1/questions/{number}": _get(
            "The answer to a question of the query book",
            _built({"rows": {"type": "array", "items": {"type": "object"}}}),
            [_parameter("number", "path", {"type": "integer", "minimum": 1}, "Number of the question.")],
            refusals=(404,),
        ),
        "/explain/{mart}/{key}": _get(
            "Where a figure comes from: formula, inputs, publishers' files",
            _built({"mart": {"type": "string"}, "files": {"type": "array"}}),
            [
                _parameter(
                    "mart", "path", {"type": "string", "minLength": 1}, "A mart, such as import_dependency."
                ),
                _parameter(
                    "key",
                    "path",
                    {"type": "string", "minLength": 1},
                    "Values of its key, separated by slashes.",
                ),
            ],
            refusals=(404,),
        ),
        "/files": _get("The files", _built({"files": {"type": "array", "items": {"type": "object"}}})),
        **{f"/v1/{table.schema}/{table.name}": _of_table(table) for table in opened.tables.values()},
    }
    if has_sql:
        paths["/v1/sql"] = _sql()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "North American critical minerals",
            "version": opened.build_id,
            "description": "Read-only. Every answer is of one publication; `X-Build-Id` names it.",
            "license": {"name": "Code Apache-2.0; figures under their publishers' licences, see `sources`"},
        },
        "paths": paths,
    }


def _of_table(table: Table) -> Json:
    listed = ", ".join(column.name for column in table.columns)
    named = [column.name for column in table.columns]
    text = {"type": "string", "minLength": 1}
    parameters = [
        _parameter("select", "query", text, f"Columns, separated by commas, of {listed}."),
        _parameter("order", "query", text, "Columns, each with .asc or .desc; then the table's key."),
        _parameter(
            "limit",
            "query",
            {"type": "integer", "minimum": 0, "maximum": MOST_ROWS, "default": DEFAULT_ROWS},
            "Rows at most.",
        ),
        _parameter(
            "offset",
            "query",
            {"type": "integer", "minimum": 0, "maximum": 1 << 40},
            "Number of rows to skip; `next` states it.",
        ),
        _parameter("format", "query", {"enum": ["json", "csv", "parquet"]}, "Format of the answer."),
        _parameter("build", "query", {"type": "string"}, "A publication that is kept, else the newest."),
        *[
            _parameter(
                name,
                "query",
                text,
                "Keeps rows by op.value, op one of eq ne lt lte gt gte like in is.",
            )
            for name in named
        ],
    ]
    row = {"type": "object", "properties": {column.name: _type(column) for column in table.columns}}
    answer = _built(
        {
            "columns": {"type": "array"},
            "rows": {"type": "array", "items": row},
            "next": {"type": ["string", "null"]},
            "sources": {"type": "array"},
            "flags": {"type": "object"},
        }
    )
    found = _get(table.description or table.full_name, answer, parameters, refusals=(400, 404))
    content = found["get"]["responses"]["200"]["content"]
    content["text/csv"] = {"schema": {"type": "string"}}
    content["application/vnd.apache.parquet"] = {"schema": {"type": "string", "format": "binary"}}
    return found


def _sql() -> Json:
    answer = _built(
        {"columns": {"type": "array"}, "rows": {"type": "array"}, "truncated": {"type": "boolean"}}
    )
    summary = "One SELECT, without files or network, within limits of time, rows and memory"
    text = {"type": "string", "minLength": 1}
    asked = _get(
        summary, answer, [_parameter("q", "query", text, "The statement.", required=True)], refusals=(400,)
    )
    posted = _get(summary, answer, refusals=(400, 413))["get"]
    posted["requestBody"] = {"required": True, "content": {"text/plain": {"schema": text}}}
    return asked | {"post": posted}


def _type(column: Column) -> Json:
    kind = column.data_type
    if kind in _TYPES:
        found = dict(_TYPES[kind])
    elif kind.lstrip("U") in _INTEGERS:
        found = {"type": ["integer", "null"]}
    elif kind.startswith("DECIMAL"):
        found = {"type": ["number", "null"]}
    elif kind.endswith("[]"):
        found = {"type": ["array", "null"]}
    elif kind.startswith(("STRUCT", "MAP")):
        found = {"type": ["object", "null"]}
    else:
        found = {"type": ["string", "null"]}
    text = " ".join(filter(None, [column.description, f"[{column.unit}]" if column.unit else None]))
    return found | ({"description": text} if text else {})


def _built(properties: Json) -> Json:
    return {
        "type": "object",
        "required": ["build_id", *properties],
        "properties": {"build_id": {"type": "string"}, **properties},
    }


def _get(
    summary: str, schema: Json, parameters: list[Json] | None = None, refusals: tuple[int, ...] = ()
) -> Json:
    refused = {
        "application/json": {"schema": {"type": "object", "required": ["build_id", "error"]}},
    }
    texts = {
        400: "The request is malformed.",
        404: "Not found.",
        413: "It is too long.",
        414: "The address is too long.",
    }
    responses: Json = {
        "200": {
            "description": "The answer, of one publication.",
            "headers": {"X-Build-Id": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": schema}},
        },
        "503": {"description": "Nothing is published yet, or it took too long.", "content": refused},
    }
    for status in (*refusals, 414):
        responses[str(status)] = {"description": texts[status], "content": refused}
    return {"get": {"summary": summary, "parameters": parameters or [], "responses": responses}}


def _parameter(name: str, place: str, schema: Json, text: str, *, required: bool = False) -> Json:
    is_required = required or place == "path"
    return {"name": name, "in": place, "required": is_required, "schema": schema, "description": text}
