"""`/openapi.json`: the server's operations and responses, with types from the publication's dictionary."""

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.serve.files import FEEDS
from warehouse.serve.open_publications import Column, Opened, Table
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
_TEXT: Json = {"type": "string", "minLength": 1}
_FILE: Json = {"type": "string", "format": "binary"}
_BUILD: Json = {"X-Build-Id": {"schema": {"type": "string"}}}
_TAG: Json = {"ETag": {"schema": {"type": "string"}}}
_NOTES: Json = {
    "type": "array",
    "items": {"type": "string"},
    "description": "What to change if no row fits.",
}
_ORIGIN: Json = {
    "sources": {"type": "array", "description": "The sources of the rows."},
    "sources_of_tables": {
        "type": "array",
        "description": "The sources of tables read whose rows name none here; not every row comes from each.",
    },
    "flags": {"type": "object", "description": "What the flags of the rows mean."},
}

_REFUSED: Mapping[int, str] = {
    400: "The request is malformed.",
    404: "This publication has nothing of that name, or the publication is not kept.",
    408: "The statement did not arrive in time.",
    412: "A condition of the request does not hold.",
    413: "The statement is too long.",
    414: "The address is too long.",
    416: "The range lies outside the file.",
    503: "Nothing is published yet, the answer took too long, or others are running (`Retry-After`).",
}
_OF_EVERY_ANSWER = (400, 404, 412, 414, 503)


def description(opened: Opened, *, has_sql: bool) -> Json:
    """The OpenAPI 3.1 description of the server for one publication."""
    listed = {"type": "array", "items": {"type": "object"}}
    health = {"type": "object", "required": ["status", "build_id"]}
    paths: Json = {
        "/": _read("front_page", "How to use the server, for people", {"text/html": {"schema": _TEXT}}),
        "/docs": _redirect("docs", "Leads to the front page"),
        "/healthz": _read("health", "Whether a publication is served", _json(health)),
        "/openapi.json": _read("describe_server", "This description", _json({"type": "object"})),
        "/v1": _read("list_tables", "The tables", _json(_built({"tables": listed}))),
        "/v1/questions": _read("list_questions", "The query book", _json(_built({"questions": listed}))),
        "/v1/questions/{number}": _read(
            "answer_question",
            "The answer to a question of the query book",
            _json(_built({"rows": listed} | _ORIGIN)),
            [_in_path("number", "Number of the question.", {"type": "integer", "minimum": 1})],
        ),
        "/explain/{mart}": _explain("explain_mart", []),
        "/explain/{mart}/{key}": _explain(
            "explain_figure", [_in_path("key", "Values of its key, separated by slashes.")]
        ),
        "/files": _read("list_files", "The files", _json(_built({"files": listed}))),
        "/files/{path}": _file("read_file", "A file of the newest publication", []),
        "/files/{build}/{path}": _file(
            "read_file_of_publication",
            "A file of a kept publication, which never changes",
            [_in_path("build", "Id of the publication.")],
        ),
        "/brief": _redirect("brief", "Leads to the brief"),
        "/index.html": _redirect("index", "Leads to the brief"),
        "/brief/{path}": _file("read_page", "A page of the brief", []),
        **{f"/{name}": _feed(name, form) for name, form in FEEDS.items()},
        **{f"/v1/{table.schema}/{table.name}": _of_table(table) for table in opened.tables.values()},
    }
    if has_sql:
        paths["/v1/sql"] = _sql()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "North American critical minerals",
            "version": opened.build_id,
            "description": "Read-only. Every answer comes from one publication; `X-Build-Id` names it.",
            "license": {"name": "Code Apache-2.0; figures under their publishers' licences, see `sources`"},
        },
        "paths": paths,
        "components": {
            "parameters": {"build": _in_query("build", _TEXT, "A kept publication; by default the newest.")},
            "responses": _shared_responses(),
            "schemas": {"Refusal": {"type": "object", "required": ["build_id", "error"]}},
        },
    }


# -- kinds of paths


def _of_table(table: Table) -> Json:
    listed = ", ".join(column.name for column in table.columns)
    parameters = [
        _in_query("select", _TEXT, f"Columns, separated by commas, of {listed}."),
        _in_query("order", _TEXT, "Columns, each with .asc or .desc; then the table's key."),
        _in_query(
            "limit",
            {"type": "integer", "minimum": 0, "maximum": MOST_ROWS},
            f"Maximum number of rows; without it {DEFAULT_ROWS:,} in JSON and {MOST_ROWS:,} in a file.",
        ),
        _in_query(
            "offset",
            {"type": "integer", "minimum": 0, "maximum": 1 << 40},
            "Number of rows to skip; `next` states it.",
        ),
        _in_query("format", {"enum": ["json", "csv", "parquet"]}, "Format of the answer."),
        *[
            _in_query(
                column.name,
                {"type": "string"},
                "Keeps rows by op.value, op one of eq ne lt lte gt gte like in is.",
            )
            for column in table.columns
        ],
    ]
    row = {"type": "object", "properties": {column.name: _type(column) for column in table.columns}}
    answer = _built(
        {
            "columns": {"type": "array"},
            "rows": {"type": "array", "items": row},
            "next": {"type": ["string", "null"]},
            "notes": _NOTES,
        }
        | _ORIGIN
    )
    content = _json(answer) | {
        "text/csv": {"schema": {"type": "string"}},
        "application/vnd.apache.parquet": {"schema": _FILE},
    }
    named = f"read_{table.schema}_{table.name}"
    return _read(named, table.description or table.full_name, content, parameters)


def _explain(named: str, key: Sequence[Json]) -> Json:
    answer = _built({"mart": {"type": "string"}, "files": {"type": "array"}})
    mart = _in_path("mart", "A mart, such as import_dependency.")
    summary = "Where a figure comes from: formula, inputs, publishers' files"
    return _read(named, summary, _json(answer), [mart, *key])


def _feed(name: str, form: str) -> Json:
    summary = "Dates ahead" if name.endswith(".ics") else "What changed"
    schema = {"type": "object"} if name.endswith(".json") else _TEXT
    return _read(f"read_{name.replace('.', '_')}", summary, {form.partition(";")[0]: {"schema": schema}})


def _file(named: str, summary: str, before: Sequence[Json]) -> Json:
    path = _in_path("path", "Its path, which may contain slashes.")
    part = {
        "description": "The range of bytes that the header `Range` states.",
        "headers": _BUILD | {"Content-Range": {"schema": {"type": "string"}}},
        "content": {"*/*": {}},
    }
    found = _read(named, summary, {"*/*": {}}, [*before, path])
    found["get"]["responses"] |= {"206": part, "416": _shared("416")}
    return found


def _sql() -> Json:
    answer = _built(
        {
            "columns": {"type": "array"},
            "rows": {"type": "array"},
            "truncated": {"type": "boolean"},
            "notes": _NOTES,
        }
        | _ORIGIN
    )
    summary = "One SELECT, without files or network, within limits of time, rows and memory"
    found = _read("select", summary, _json(answer))
    for method in ("get", "head"):
        found[method]["parameters"] = [_in_query("q", _TEXT, "The statement.") | {"required": True}]
    refused = {str(status): _shared(str(status)) for status in (400, 404, 408, 413, 414, 503)}
    posted = {
        "operationId": "select_by_post",
        "summary": summary,
        "requestBody": {"required": True, "content": {"text/plain": {"schema": _TEXT}}},
        "responses": {"200": found["get"]["responses"]["200"], **refused},
    }
    return found | {"post": posted}


def _read(named: str, summary: str, content: Json, parameters: Sequence[Json] = ()) -> Json:
    """A path that is read by GET; HEAD gets the same without a body."""
    refused = {str(status): _shared(str(status)) for status in _OF_EVERY_ANSWER}
    answer: Json = {"description": "The answer, from one publication.", "headers": _BUILD | _TAG}
    without_body = {"$ref": "#/components/responses/without_body"}
    return {
        "parameters": [*parameters, {"$ref": "#/components/parameters/build"}],
        "get": {
            "operationId": named,
            "summary": summary,
            "responses": {"200": answer | {"content": content}, "304": _shared("304"), **refused},
        },
        "head": {
            "operationId": f"head_{named}",
            "summary": f"{summary}: the headers only",
            "responses": {
                "200": answer,
                "304": _shared("304"),
                **dict.fromkeys(refused, without_body),
            },
        },
    }


def _redirect(named: str, summary: str) -> Json:
    leads = {"307": _shared("307")}
    return {
        "get": {"operationId": named, "summary": summary, "responses": leads},
        "head": {"operationId": f"head_{named}", "summary": summary, "responses": leads},
    }


# -- parts of them


def _shared_responses() -> Json:
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    found: Json = {
        str(status): {"description": text, "content": refusal} for status, text in _REFUSED.items()
    }
    found["416"]["headers"] = {"Content-Range": {"schema": {"type": "string"}}}
    found["503"]["headers"] = {"Retry-After": {"schema": {"type": "string"}}}
    location = {"Location": {"schema": {"type": "string"}}}
    return found | {
        "304": {"description": "The reader holds this answer already.", "headers": _BUILD | _TAG},
        "307": {"description": "The answer is at another address of this server.", "headers": location},
        "without_body": {"description": "Refused; GET says why."},
    }


def _shared(named: str) -> Json:
    return {"$ref": f"#/components/responses/{named}"}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _built(properties: Json) -> Json:
    return {
        "type": "object",
        "required": ["build_id", *properties],
        "properties": {"build_id": {"type": "string"}, **properties},
    }


def _in_path(name: str, text: str, schema: Json = _TEXT) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": text}


def _in_query(name: str, schema: Json, text: str) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}


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
