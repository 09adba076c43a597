"""The HTTP interface: published files, tables by URL, explanations, feeds, and optionally SQL.

Every answer comes from one publication and names it in `X-Build-Id`; a request that arrives after a new
publication gets the new one.
"""

import csv
import io
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlencode

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from anyio import CapacityLimiter, fail_after, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from warehouse import book
from warehouse.explain import explain
from warehouse.export import harmless
from warehouse.publications import FILE, MIRROR
from warehouse.serve import openapi, sandbox
from warehouse.serve.front_page import docs_page
from warehouse.serve.open_publications import Opened, Publications, is_file
from warehouse.serve.rows import AskedWronglyError, Question, question

PATIENCE_S = 30.0
"""Time limit for our own statements."""
BODY_WITHIN_S = 20.0
"""Time within which the body of a statement must arrive."""
STATEMENTS = 8
"""Maximum number of readers' own statements that run or wait in a thread."""
LONGEST_ADDRESS = 8 << 10
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
FEEDS = {
    "feed.atom": "application/atom+xml",
    "feed.json": "application/feed+json",
    "calendar.ics": "text/calendar; charset=utf-8",
}
BUILD_HEADER = "X-Build-Id"
FOR_GOOD = "public, max-age=31536000, immutable"
"""Cache lifetime of content that never changes."""
EXPOSED = ["Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Last-Modified", BUILD_HEADER, "Link"]


class Server:
    """The routes for the publications of one home."""

    def __init__(self, home: Path, *, sql: bool = False, limits: sandbox.Limits | None = None) -> None:
        self._publications = Publications(home)
        self._brief = home / "brief"
        self._sql = sql
        self._limits = limits or sandbox.Limits()
        self._statements = CapacityLimiter(STATEMENTS)
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._lock = threading.Lock()

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", self._to(self._docs)),
            Route("/healthz", self._to(self._health)),
            Route("/openapi.json", self._to(self._openapi)),
            Route("/v1", self._to(self._tables)),
            Route("/v1/questions", self._to(self._questions)),
            Route("/v1/questions/{number}", self._to(self._ask)),
            Route("/v1/sql", self._to(self._select), methods=["GET", "POST"]),
            Route("/v1/{schema}/{table}", self._to(self._table)),
            Route("/explain/{mart}", self._to(self._explain)),
            Route("/explain/{mart}/{key:path}", self._to(self._explain)),
            Route("/files", self._to(self._listing)),
            Route("/files/{path:path}", self._to(self._file)),
            Route("/docs", lambda _: RedirectResponse("/")),
            Route("/index.html", lambda _: RedirectResponse("/brief/index.html")),
            Route("/brief", lambda _: RedirectResponse("/brief/index.html")),
            Route("/brief/{path:path}", self._to(self._page)),
            # also at the root, since anchor links from the root lead there
            *[Route(f"/{name}", self._to(partial(self._feed, name=name))) for name in FEEDS],
        ]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST"] if self._sql else ["GET", "HEAD"],
            allow_headers=["Range", "If-None-Match", "If-Range", "Content-Type"],
            expose_headers=EXPOSED,
        )
        return Starlette(
            routes=routes,
            middleware=[cors],
            exception_handlers={HTTPException: self._refusal, Exception: self._failure},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> Any:
        yield
        with self._lock:
            for con in self._running:
                con.interrupt()

    # -- one way in for every route

    def _to(self, answer: Callable[[Request, Opened], Response]) -> Callable[[Request], Awaitable[Response]]:
        """A handler that runs in a thread, on the current publication or the one that `build` names."""

        def work(request: Request) -> Response:
            if len(request.url.query) + len(request.url.path) > LONGEST_ADDRESS:
                raise HTTPException(414, f"An address has at most {LONGEST_ADDRESS} characters.")
            opened = self._opened(request)
            tag = _tag(request, opened)
            if request.headers.get("if-none-match") == tag and not _is_of_files(request):
                return Response(status_code=304, headers={"ETag": tag, BUILD_HEADER: opened.build_id})
            response = answer(request, opened)
            response.headers.setdefault(BUILD_HEADER, opened.build_id)
            response.headers.setdefault("Cache-Control", "no-cache")
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            if response.status_code == 200 and not _is_of_files(request):
                response.headers.setdefault("ETag", tag)
            return response

        async def handler(request: Request) -> Response:
            if request.method == "POST":
                request.state.body = await _body(request, self._limits.sql_kb << 10)
            if request.url.path == "/v1/sql":
                # statements wait for each other, but other readers do not wait for them
                return await to_thread.run_sync(work, request, limiter=self._statements)
            return await run_in_threadpool(work, request)

        return handler

    def _opened(self, request: Request) -> Opened:
        try:
            build_id = request.query_params.get("build")
            return self._publications.of(build_id) if build_id else self._publications.current()
        except LookupError as error:
            raise HTTPException(404, str(error)) from None
        except FileNotFoundError as error:
            raise HTTPException(503, str(error)) from None

    @contextmanager
    def _reading(self, opened: Opened) -> Any:
        """A cursor that is interrupted at its time limit, or when the server ends."""
        con = opened.cursor()
        alarm = threading.Timer(PATIENCE_S, con.interrupt)
        alarm.daemon = True
        with self._lock:
            self._running.add(con)
        alarm.start()
        try:
            yield con
        except duckdb.InterruptException:
            raise HTTPException(503, f"The answer took more than {PATIENCE_S:g} s.") from None
        finally:
            alarm.cancel()
            with self._lock:
                self._running.discard(con)
            con.close()

    def _refusal(self, _: Request, refused: Exception) -> Response:
        status, detail = (
            (refused.status_code, refused.detail)
            if isinstance(refused, HTTPException)
            else (500, "The server failed.")
        )
        build_id = None
        with suppress(FileNotFoundError, LookupError, duckdb.Error):
            build_id = self._publications.current().build_id
        headers = {**(getattr(refused, "headers", None) or {}), "Cache-Control": "no-store"}
        if build_id:
            headers[BUILD_HEADER] = build_id
        return _json({"build_id": build_id, "error": detail}, status, headers)

    def _failure(self, request: Request, failed: Exception) -> Response:
        return self._refusal(request, failed)

    # -- about the publication

    def _docs(self, _: Request, opened: Opened) -> Response:
        return docs_page(opened, book.questions(), has_sql=self._sql)

    def _health(self, _: Request, opened: Opened) -> Response:
        facts = {
            "status": "ok",
            "build_id": opened.build_id,
            "built_at": opened.built_at,
            "tables": len(opened.tables),
        }
        return _json(facts, headers={"Cache-Control": "no-store"})

    def _openapi(self, _: Request, opened: Opened) -> Response:
        return _json(openapi.description(opened, has_sql=self._sql))

    def _feed(self, _: Request, opened: Opened, name: str) -> Response:
        file = opened.folder / name
        if not file.is_file():
            raise HTTPException(404, f"The publication {opened.build_id} has no {name}.")
        return Response(file.read_bytes(), media_type=FEEDS[name])

    def _tables(self, _: Request, opened: Opened) -> Response:
        listed = [
            {
                "table": table.full_name,
                "description": table.description,
                "grain": table.grain,
                "row_count": table.row_count,
                "address": f"/v1/{table.schema}/{table.name}",
            }
            for table in opened.tables.values()
        ]
        return _json({"build_id": opened.build_id, "tables": listed})

    # -- figures

    def _table(self, request: Request, opened: Opened) -> Response:
        name, form = _form(request, request.path_params["table"])
        table = opened.tables.get(f"{request.path_params['schema']}.{name}")
        if table is None:
            raise HTTPException(404, "There is no such table; /v1 lists all tables.")
        try:
            asked = question(table, request.query_params.multi_items())
            with self._reading(opened) as con:
                return self._rows(con, asked, form, request, opened)
        except AskedWronglyError as error:
            raise HTTPException(400, str(error)) from None
        except (duckdb.ConversionException, duckdb.BinderException, duckdb.InvalidInputException) as error:
            raise HTTPException(400, _first_line(error)) from None

    def _rows(
        self, con: duckdb.DuckDBPyConnection, asked: Question, form: str, request: Request, opened: Opened
    ) -> Response:
        if form == "json":
            rows = con.execute(asked.sql, asked.values).fetchall()
            return self._page_of(asked, rows, request, opened)
        if form == "csv":
            columns = ", ".join(harmless(column.name, column.data_type) for column in asked.columns)
            found = con.execute(f"select {columns} from ({asked.sql})", asked.values)
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow([column.name for column in asked.columns])
            writer.writerows(found.fetchall()[: asked.limit])
            return _attachment(text.getvalue().encode(), form, request)
        arrow: pa.Table = con.sql(asked.sql, params=asked.values).to_arrow_table()
        return _attachment(_parquet(arrow.slice(0, asked.limit), opened.build_id), form, request)

    def _page_of(
        self,
        asked: Question,
        rows: Sequence[Sequence[Any]],
        request: Request,
        opened: Opened,
    ) -> Response:
        names = [column.name for column in asked.columns]
        shown = rows[: asked.limit]
        has_more = len(rows) > asked.limit and asked.limit > 0
        onward = _onward(request, opened, asked) if has_more else None
        return _json(
            {
                "build_id": opened.build_id,
                "columns": [
                    {"name": column.name, "type": column.data_type, "unit": column.unit}
                    for column in asked.columns
                ],
                "rows": [dict(zip(names, row, strict=True)) for row in shown],
                "next": onward,
                "sources": opened.provenance.sources(names, shown),
                "flags": opened.provenance.flags(names, shown),
            },
            headers={"Link": f'<{onward}>; rel="next"'} if onward else None,
        )

    def _explain(self, request: Request, opened: Opened) -> Response:
        values = [part for part in request.path_params.get("key", "").split("/") if part]
        try:
            with self._reading(opened) as con:
                found = explain(con, request.path_params["mart"], values)
        except LookupError as error:
            raise HTTPException(404, str(error.args[0])) from None
        return _json({"build_id": opened.build_id, **asdict(found)})

    def _questions(self, _: Request, opened: Opened) -> Response:
        listed = [
            {"number": one.number, "question": one.text, "address": f"/v1/questions/{one.number}"}
            for one in book.questions()
        ]
        return _json({"build_id": opened.build_id, "questions": listed})

    def _ask(self, request: Request, opened: Opened) -> Response:
        number = request.path_params["number"]
        found = next((one for one in book.questions() if str(one.number) == number), None)
        if found is None:
            raise HTTPException(404, "The query book has no such question; /v1/questions lists all.")
        with self._reading(opened) as con:
            try:
                answer = con.execute(found.sql)
            except (duckdb.CatalogException, duckdb.BinderException) as error:
                # an older publication may lack tables that the question reads
                said = f"The publication {opened.build_id} cannot answer it: {_first_line(error)}"
                raise HTTPException(404, said) from None
            names = [column[0] for column in answer.description]
            rows = answer.fetchall()
            return _json(
                {
                    "build_id": opened.build_id,
                    "question": found.text,
                    "sql": found.sql,
                    "columns": names,
                    "rows": [dict(zip(names, row, strict=True)) for row in rows],
                    "sources": opened.provenance.sources(names, rows),
                    "flags": opened.provenance.flags(names, rows),
                }
            )

    def _select(self, request: Request, opened: Opened) -> Response:
        if not self._sql:
            raise HTTPException(404, "SQL is switched off here: `minerals serve --sql` switches it on.")
        sql = request.state.body if request.method == "POST" else request.query_params.get("q", "")
        try:
            answer = sandbox.ask(opened.folder / FILE, sql, self._limits)
        except sandbox.BusyError as error:
            raise HTTPException(503, str(error), {"Retry-After": "10"}) from None
        except sandbox.RefusedError as error:
            raise HTTPException(400, str(error)) from None
        return _json(
            {
                "build_id": opened.build_id,
                **asdict(answer),
                "sources": opened.provenance.sources(answer.columns, answer.rows),
                "flags": opened.provenance.flags(answer.columns, answer.rows),
            }
        )

    # -- files

    def _listing(self, _: Request, opened: Opened) -> Response:
        listed = [
            {"path": f"/files/{path}", "bytes": (opened.folder / path).stat().st_size}
            for path in _published_files(opened)
        ]
        return _json({"build_id": opened.build_id, "files": listed})

    def _file(self, request: Request, opened: Opened) -> Response:
        """A file of the publication; its folder never changes, so `/files/<build>/...` is permanent."""
        path = request.path_params["path"]
        pinned, _, below = path.partition("/")
        if below and pinned not in (MIRROR,):
            with suppress(LookupError):
                opened, path = self._publications.of(pinned), below
        parts = PurePosixPath(path).parts
        is_served = path in _published_files(opened) and ".." not in parts
        if not is_served:
            raise HTTPException(404, "There is no such file; /files lists all files.")
        headers = {BUILD_HEADER: opened.build_id}
        if path != request.path_params["path"]:
            headers["Cache-Control"] = FOR_GOOD
        return _file_response(request, opened.folder / path, headers)

    def _page(self, request: Request, _: Opened) -> Response:
        """A page of the brief, read completely before it is sent, since it may be replaced meanwhile."""
        asked = PurePosixPath(request.path_params["path"] or "index.html")
        file = self._brief / asked
        inside = ".." not in asked.parts and not asked.is_absolute() and not asked.name.startswith(".")
        if not inside or not is_file(file) or not file.resolve().is_relative_to(self._brief.resolve()):
            raise HTTPException(404, "There is no such page.")
        if asked.parts[0] == "sql":
            # the engine and the tables of the SQL page are large and never change under their name
            return _file_response(request, file, {"Cache-Control": FOR_GOOD})
        content = file.read_bytes()
        tag = f'"{sha256(content).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(content, media_type=_media_type(asked.name), headers={"ETag": tag})


def _published_files(opened: Opened) -> list[str]:
    names = [FILE, "diff.json", "diff.md", *FEEDS, f"{MIRROR}/datapackage.json"]
    names += [f"{MIRROR}/{table.schema}/{table.name}.parquet" for table in opened.tables.values()]
    return [name for name in names if (opened.folder / name).is_file()]


def _file_response(request: Request, file: Path, headers: dict[str, str]) -> Response:
    """A file that never changes, in full or by ranges."""
    response = FileResponse(file, media_type=_media_type(file.name), headers=headers)
    response.set_stat_headers(file.stat())
    if request.headers.get("if-none-match") == response.headers["etag"]:
        return Response(status_code=304, headers=headers | {"ETag": response.headers["etag"]})
    return response


async def _body(request: Request, most: int) -> str:
    content = b""
    try:
        with fail_after(BODY_WITHIN_S):
            async for part in request.stream():
                content += part
                if len(content) > most:
                    raise HTTPException(413, f"A statement has at most {most >> 10} KB.")
    except TimeoutError:
        raise HTTPException(408, f"A statement is to arrive within {BODY_WITHIN_S:g} s.") from None
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "A statement is text in UTF-8.") from None


def _form(request: Request, table: str) -> tuple[str, str]:
    """The table and the format: by the suffix, or by `format`, otherwise JSON."""
    name, dot, ending = table.rpartition(".")
    if not dot:
        name, ending = table, request.query_params.get("format", "json")
    if ending not in MEDIA_TYPES:
        raise HTTPException(400, f"A table comes as {', '.join(MEDIA_TYPES)}, not {ending[:20]!r}.")
    return name, ending


def _onward(request: Request, opened: Opened, asked: Question) -> str:
    """The address of the next page, in the same publication."""
    kept = [pair for pair in request.query_params.multi_items() if pair[0] not in ("offset", "build")]
    page = [("offset", asked.offset + asked.limit), ("build", opened.build_id)]
    return f"{request.url.path}?{urlencode([*kept, *page])}"


def _attachment(content: bytes, form: str, request: Request) -> Response:
    name = f"{request.path_params['schema']}.{request.path_params['table'].partition('.')[0]}.{form}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def _parquet(found: pa.Table, build_id: str) -> bytes:
    sink = io.BytesIO()
    metadata = {**(found.schema.metadata or {}), b"build_id": build_id.encode()}
    pq.write_table(found.replace_schema_metadata(metadata), sink, compression="zstd")
    return sink.getvalue()


def _tag(request: Request, opened: Opened) -> str:
    """The ETag of a response that depends only on publication and address."""
    return f'W/"{opened.build_id}-{sha256(str(request.url).encode()).hexdigest()[:16]}"'


def _is_of_files(request: Request) -> bool:
    return request.url.path.startswith(("/files/", "/brief/", "/healthz")) or request.method == "POST"


def _media_type(name: str) -> str:
    endings = {
        ".html": "text/html; charset=utf-8",
        ".json": "application/json",
        ".parquet": MEDIA_TYPES["parquet"],
        ".md": "text/markdown; charset=utf-8",
        ".xml": "application/xml",
        ".svg": "image/svg+xml",
        ".csv": MEDIA_TYPES["csv"],
        ".js": "text/javascript; charset=utf-8",
        ".wasm": "application/wasm",
        ".txt": "text/plain; charset=utf-8",
    }
    suffix = PurePosixPath(name).suffix
    return FEEDS.get(PurePosixPath(name).name) or endings.get(suffix, "application/octet-stream")


def _first_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split("\n\n")[0].split())


def _json(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    body = orjson.dumps(content, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status, headers, "application/json")


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
