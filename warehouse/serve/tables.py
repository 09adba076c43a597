"""Rows of a table by its address, as a page in JSON, as CSV or as Parquet."""

from urllib.parse import quote, urlencode

import duckdb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from warehouse.export import harmless
from warehouse.serve.bodies import MEDIA_TYPES, attachment, csv_text, json_response, parquet
from warehouse.serve.hints import notes, require_types
from warehouse.serve.open_publications import Opened
from warehouse.serve.rows import DEFAULT_ROWS, MOST_ROWS, AskedWronglyError, Question, question

NOTE_HEADER = "X-Note"


def asked(request: Request, opened: Opened) -> tuple[Question, str]:
    """What the address asks for, and in which form of `MEDIA_TYPES`.

    Raises:
        HTTPException: 404 if there is no such table, 400 if it is asked wrongly.
    """
    name, form = _form(request)
    table = opened.tables.get(f"{request.path_params['schema']}.{name}")
    if table is None:
        raise HTTPException(404, "There is no such table; /v1 lists all tables.")
    try:
        # a file is taken for the whole table
        rows = DEFAULT_ROWS if form == "json" else MOST_ROWS
        return question(table, request.query_params.multi_items(), rows), form
    except AskedWronglyError as error:
        raise HTTPException(400, str(error)) from None


def response(
    con: duckdb.DuckDBPyConnection, wanted: Question, form: str, request: Request, opened: Opened
) -> Response:
    """The rows in a form of `MEDIA_TYPES`; CSV and Parquet have notes in a header.

    Raises:
        HTTPException: 400 if a value is not of its column's type.
    """
    try:
        require_types(con, wanted)
    except AskedWronglyError as error:
        raise HTTPException(400, str(error)) from None
    if form == "json":
        return _page(con, wanted, request, opened)
    names = [column.name for column in wanted.columns]
    if form == "csv":
        columns = ", ".join(harmless(column.name, column.data_type) for column in wanted.columns)
        rows = con.execute(f"select {columns} from ({wanted.sql})", wanted.values).fetchall()
        count, content = len(rows), csv_text(names, rows[: wanted.limit])
    else:
        arrow = con.sql(wanted.sql, params=wanted.values).to_arrow_table()
        count, content = len(arrow), parquet(arrow.select(names).slice(0, wanted.limit), opened.build_id)
    answer = attachment(content, form, wanted.table)
    notes = _notes(con, wanted, count)
    if onward := _onward(request, opened, wanted, count):
        answer.headers["Link"] = f'<{onward}>; rel="next"'
        notes.append(f"These are {wanted.limit:,} rows; there are more at the address in the header Link.")
    if notes:
        answer.headers[NOTE_HEADER] = quote(" ".join(notes), safe=" ,.;:=?'()")
    return answer


def _notes(con: duckdb.DuckDBPyConnection, wanted: Question, count: int) -> list[str]:
    return notes(con, wanted) if count == 0 and wanted.offset == 0 else []


def _form(request: Request) -> tuple[str, str]:
    """The table, and its format from the suffix or from `format`; by default JSON."""
    name, dot, ending = request.path_params["table"].rpartition(".")
    if not dot:
        name, ending = ending, request.query_params.get("format", "json")
    if ending not in MEDIA_TYPES:
        raise HTTPException(400, f"A table is served as {', '.join(MEDIA_TYPES)}, not {ending[:20]!r}.")
    if request.query_params.get("format", ending) != ending:
        raise HTTPException(400, f"The address ends with .{ending}, but format states another one.")
    return name, ending


def _page(con: duckdb.DuckDBPyConnection, wanted: Question, request: Request, opened: Opened) -> Response:
    """Rows with the address of the next page, their sources and the meaning of their flags."""
    found = con.execute(wanted.sql, wanted.values).fetchall()
    rows = found[: wanted.limit]
    onward = _onward(request, opened, wanted, len(found))
    names = [column.name for column in wanted.columns]
    read = [*names, *wanted.carried]
    return json_response(
        {
            "build_id": opened.build_id,
            "columns": [
                {"name": column.name, "type": column.data_type, "unit": column.unit}
                for column in wanted.columns
            ],
            "rows": [dict(zip(names, row, strict=False)) for row in rows],
            "next": onward,
            "notes": _notes(con, wanted, len(found)),
            **opened.origin(read, rows, [wanted.table]),
        },
        headers={"Link": f'<{onward}>; rel="next"'} if onward else None,
    )


def _onward(request: Request, opened: Opened, wanted: Question, count: int) -> str | None:
    """The address of the next page, in the same publication; None if ``count`` rows fit this one."""
    if not count > wanted.limit > 0:
        return None
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in ("offset", "build")]
    page = [("offset", str(wanted.offset + wanted.limit)), ("build", opened.build_id)]
    return f"{request.scope['path']}?{urlencode([*kept, *page])}"
