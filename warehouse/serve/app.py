"""The HTTP interface: published files, tables by URL, explanations, feeds, and optionally SQL.

Every answer comes from one publication and names it in `X-Build-Id`; a request that arrives after a new
publication gets the new one. Nothing here reads the address of the server from the request, which a reader
chooses: links and redirects are relative.
"""

import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
from anyio import fail_after
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from warehouse import book
from warehouse.connect import sentence
from warehouse.explain import explain
from warehouse.publications import FILE, MIRROR
from warehouse.serve import files, hints, openapi, sandbox, tables
from warehouse.serve.bodies import compress, json_response
from warehouse.serve.conditional import conditioned, is_held, unchanged
from warehouse.serve.front_page import docs_page
from warehouse.serve.open_publications import Opened, Publications

PATIENCE_S = 30.0
"""Time limit for our own statements."""
BODY_WITHIN_S = 20.0
"""Time within which the body of a statement must arrive."""
STATEMENTS = 8
"""Maximum number of readers' own statements that run or wait; one more is refused at once."""
RETRY_AFTER_S = "10"
"""Seconds after which a refused statement may be tried again: the time limit of those that run."""
LONGEST_ADDRESS = 8 << 10
KEY_OF_EXPLAIN = "the values of a key follow the table: /explain/import_dependency/USA/cobalt/2024"
BUILD_HEADER = "X-Build-Id"
EXPOSED = [
    *("Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Last-Modified", "Link", "Retry-After"),
    BUILD_HEADER,
    tables.NOTE_HEADER,
]
CONDITIONS = ["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since"]

Answer = Callable[[Request, Opened], Response]
Handler = Callable[[Request], Awaitable[Response]]


class Server:
    """The routes for the publications of one home."""

    def __init__(self, home: Path, *, sql: bool = False, limits: sandbox.Limits | None = None) -> None:
        self._publications = Publications(home)
        self._brief = home / "brief"
        self._sql = sql
        self._limits = limits or sandbox.Limits()
        self._statements = 0
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._lock = threading.Lock()

    def app(self) -> Starlette:
        """The ASGI application."""
        select = self._in_turn(self._to(_taking(self._select, "q"), is_lasting=False))
        routes = [
            Route("/", self._to(self._docs)),
            Route("/healthz", self._to(self._health, is_lasting=False)),
            Route("/openapi.json", self._to(self._openapi)),
            Route("/v1", self._to(_taking(self._tables))),
            Route("/v1/questions", self._to(_taking(self._questions))),
            Route("/v1/questions/{number}", self._to(_taking(self._ask))),
            Route("/v1/sql", select, methods=["GET", "POST"], include_in_schema=self._sql),
            Route("/v1/{schema}/{table}", self._to(self._table)),
            Route("/explain/{mart}", self._to(_taking(self._explain, hint=KEY_OF_EXPLAIN))),
            Route("/explain/{mart}/{key:path}", self._to(_taking(self._explain, hint=KEY_OF_EXPLAIN))),
            Route("/files", self._to(self._listing)),
            Route("/files/{path:path}", self._to(self._file, is_lasting=False)),
            Route("/docs", partial(_leading, path="/")),
            Route("/index.html", partial(_leading, path="/brief/index.html")),
            Route("/brief", partial(_leading, path="/brief/index.html")),
            Route("/brief/{path:path}", self._to(self._page, is_lasting=False, is_of_publication=False)),
            # also at the root, since anchor links from the root lead there
            *[Route(f"/{name}", self._to(partial(self._feed, name=name))) for name in files.FEEDS],
            Route("/{path:path}/", _without_slash, methods=["GET", "POST"], include_in_schema=False),
        ]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST"] if self._sql else ["GET", "HEAD"],
            allow_headers=["Range", *CONDITIONS, "Content-Type"],
            expose_headers=EXPOSED,
        )
        found = Starlette(
            routes=routes,
            middleware=[cors],
            exception_handlers={HTTPException: self._refusal, Exception: self._refusal},
            lifespan=self._lifespan,
        )
        # Starlette's own redirects lead to the host that the request names
        found.router.redirect_slashes = False
        return found

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> Any:
        yield
        with self._lock:
            for con in self._running:
                con.interrupt()

    # -- one way in for every route

    def _to(self, answer: Answer, *, is_lasting: bool = True, is_of_publication: bool = True) -> Handler:
        """A handler that runs in a thread, on the current publication or the one that `build` names.

        Args:
            answer: Makes the response.
            is_lasting: Whether the response depends on publication and address alone; it then gets an ETag.
            is_of_publication: Whether the response comes from that publication; otherwise it names its own.
        """

        def work(request: Request) -> Response:
            if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > LONGEST_ADDRESS:
                raise HTTPException(414, f"An address may have at most {LONGEST_ADDRESS} characters.")
            opened = self._opened(request)
            tag = _tag(request, opened) if is_lasting else ""
            usual = {
                "Cache-Control": "no-cache",
                "X-Content-Type-Options": "nosniff",
                **({BUILD_HEADER: opened.build_id} if is_of_publication else {}),
                **({"ETag": tag, "Vary": "Accept-Encoding"} if tag else {}),
            }
            if tag and is_held(request, tag):
                return unchanged(Headers(usual))
            response = answer(request, opened)
            for name, value in usual.items():
                response.headers.setdefault(name, value)
            if not isinstance(response, FileResponse):
                compress(request, response)
            return conditioned(request, response)

        async def handler(request: Request) -> Response:
            if "content-length" in request.headers and "transfer-encoding" in request.headers:
                # a proxy may end such a request elsewhere than we do
                raise HTTPException(400, "A request has Content-Length or Transfer-Encoding, not both.")
            return await run_in_threadpool(work, request)

        return handler

    def _in_turn(self, handler: Handler) -> Handler:
        """A handler of readers' own statements, of which only a few may occupy threads."""

        async def one_of_few(request: Request) -> Response:
            if request.method == "POST":
                request.state.body = await _body(request, self._limits.sql_kb << 10)
            if self._statements >= STATEMENTS:
                raise HTTPException(503, sandbox.BUSY, {"Retry-After": RETRY_AFTER_S})
            self._statements += 1
            try:
                return await handler(request)
            finally:
                self._statements -= 1

        return one_of_few

    def _opened(self, request: Request) -> Opened:
        named = request.query_params.getlist("build")
        if len(named) > 1:
            raise HTTPException(400, "build is given twice.")
        try:
            return self._publications.of(named[0]) if named else self._publications.current()
        except LookupError as error:
            raise HTTPException(404, str(error)) from None
        except FileNotFoundError as error:
            raise HTTPException(503, str(error)) from None

    @contextmanager
    def _reading(self, opened: Opened) -> Iterator[duckdb.DuckDBPyConnection]:
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
        except duckdb.OutOfMemoryException:
            raise HTTPException(503, "The answer needs too much memory: ask for less.") from None
        except (duckdb.DataError, duckdb.ProgrammingError, duckdb.NotSupportedError) as error:
            raise HTTPException(400, sentence(error)) from None
        finally:
            alarm.cancel()
            with self._lock:
                self._running.discard(con)
            con.close()

    def _refusal(self, request: Request, refused: Exception) -> Response:
        status, detail = (
            (refused.status_code, refused.detail)
            if isinstance(refused, HTTPException)
            else (500, "The server failed.")
        )
        build_id = None
        with suppress(FileNotFoundError, LookupError, duckdb.Error):
            build_id = self._publications.current().build_id
        with suppress(HTTPException, duckdb.Error):
            build_id = self._opened(request).build_id
        headers = {
            **(getattr(refused, "headers", None) or {}),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        if build_id:
            headers[BUILD_HEADER] = build_id
        return json_response({"build_id": build_id, "error": detail}, status, headers)

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
        return json_response(facts, headers={"Cache-Control": "no-store"})

    def _openapi(self, _: Request, opened: Opened) -> Response:
        return json_response(openapi.description(opened, has_sql=self._sql))

    def _feed(self, _: Request, opened: Opened, name: str) -> Response:
        return files.feed(opened, name)

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
        return json_response({"build_id": opened.build_id, "tables": listed})

    # -- figures

    def _table(self, request: Request, opened: Opened) -> Response:
        asked, form = tables.asked(request, opened)
        with self._reading(opened) as con:
            return tables.response(con, asked, form, request, opened)

    def _explain(self, request: Request, opened: Opened) -> Response:
        values = [part for part in request.path_params.get("key", "").split("/") if part]
        try:
            with self._reading(opened) as con:
                found = explain(con, request.path_params["mart"], values)
        except LookupError as error:
            raise HTTPException(404, str(error.args[0])) from None
        return json_response({"build_id": opened.build_id, **asdict(found)})

    def _questions(self, _: Request, opened: Opened) -> Response:
        listed = [
            {"number": one.number, "question": one.text, "address": f"/v1/questions/{one.number}"}
            for one in book.questions()
        ]
        return json_response({"build_id": opened.build_id, "questions": listed})

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
                message = f"The publication {opened.build_id} cannot answer this question: {sentence(error)}"
                raise HTTPException(404, message) from None
            names = [column[0] for column in answer.description]
            rows = answer.fetchall()
        return json_response(
            {
                "build_id": opened.build_id,
                "question": found.text,
                "sql": found.sql,
                "columns": names,
                "rows": [dict(zip(names, row, strict=True)) for row in rows],
                **opened.origin(names, rows, opened.tables_in(found.sql)),
            }
        )

    def _select(self, request: Request, opened: Opened) -> Response:
        if not self._sql:
            raise HTTPException(404, "SQL is switched off here: `minerals serve --sql` switches it on.")
        sql = _statement(request)
        try:
            answer = sandbox.ask(opened.folder / FILE, sql, self._limits)
        except sandbox.BusyError as error:
            raise HTTPException(503, str(error), {"Retry-After": RETRY_AFTER_S}) from None
        except sandbox.RefusedError as error:
            raise HTTPException(400, str(error)) from None
        return json_response(
            {
                "build_id": opened.build_id,
                **answer.shown(),
                "notes": [] if answer.rows else [hints.IN_SQL],
                **opened.origin(answer.columns, answer.rows, opened.tables_in(sql), answer.carried),
            }
        )

    # -- files

    def _listing(self, _: Request, opened: Opened) -> Response:
        listed = [
            {"path": f"/files/{path}", "bytes": (opened.folder / path).stat().st_size}
            for path in files.published(opened)
        ]
        return json_response({"build_id": opened.build_id, "files": listed})

    def _file(self, request: Request, opened: Opened) -> Response:
        """A file of the publication; its folder never changes, so `/files/<build>/...` is permanent."""
        path = request.path_params["path"]
        if not path:
            return RedirectResponse("/files")
        pinned, _, below = path.partition("/")
        headers: dict[str, str] = {}
        if below and pinned != MIRROR:
            with suppress(LookupError):
                opened, path = self._publications.of(pinned), below
                headers["Cache-Control"] = files.FOR_GOOD
        found = files.of_publication(opened, path)
        found.headers.update({**headers, BUILD_HEADER: opened.build_id})
        return found

    def _page(self, request: Request, opened: Opened) -> Response:
        """A page of the brief, of which only one is kept: it names the publication that it was made from."""
        path = request.path_params["path"]
        if path in files.FEEDS:
            found = files.feed(opened, path)
            found.headers[BUILD_HEADER] = opened.build_id
            return found
        found, build_id = files.page(self._brief, path)
        wanted = request.query_params.get("build")
        if wanted and wanted != build_id:
            published = f"of the publication {build_id}" if build_id else "of no single publication"
            raise HTTPException(404, f"The brief keeps no pages of {wanted}: this one is {published}.")
        if build_id:
            found.headers[BUILD_HEADER] = build_id
        return found


def _taking(answer: Answer, *named: str, hint: str = "") -> Answer:
    """The same, but a parameter that it does not take is refused, as its author expects an effect."""

    def checked(request: Request, opened: Opened) -> Response:
        taken = (*named, "build")
        for name in request.query_params:
            if name not in taken:
                what = f"There is no parameter {name[:40]!r} here, only {' and '.join(taken)}"
                raise HTTPException(400, f"{what}; {hint}." if hint else f"{what}.")
        return answer(request, opened)

    return checked


def _statement(request: Request) -> str:
    """The reader's statement: the parameter `q`, or the body of a POST."""
    if request.method == "POST":
        sql: str = request.state.body
        if re.match(r"\s*(\{|\w+=)", sql):
            raise HTTPException(400, "The body is the statement itself, as text: neither JSON nor a form.")
        return sql
    stated = request.query_params.getlist("q")
    if len(stated) != 1:
        raise HTTPException(400, "A statement is given once, in q: /v1/sql?q=select count(*) from ...")
    return stated[0]


async def _leading(request: Request, path: str) -> Response:
    """A redirect to another path with the same query, on whatever host the reader uses."""
    query = request.scope["query_string"].decode("latin-1")
    return RedirectResponse(path + ("?" + query if query else ""))


async def _without_slash(request: Request) -> Response:
    """A redirect to the address without the slash at its end."""
    return await _leading(request, "/" + request.path_params["path"].strip("/"))


async def _body(request: Request, most: int) -> str:
    """The statement. One that is too long is read to its end, as many clients read no answer before."""
    content, size = b"", 0
    try:
        with fail_after(BODY_WITHIN_S):
            async for part in request.stream():
                size += len(part)
                content = content + part if size <= most else b""
    except TimeoutError:
        raise HTTPException(408, f"A statement must arrive within {BODY_WITHIN_S:g} s.") from None
    except ClientDisconnect:
        raise HTTPException(400, "The statement did not arrive.") from None
    if size > most:
        raise HTTPException(413, f"A statement may have at most {most >> 10} KB.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "A statement must be text in UTF-8.") from None


def _tag(request: Request, opened: Opened) -> str:
    """The ETag of a response that depends only on publication and address."""
    address = request.scope["raw_path"] + b"?" + request.scope["query_string"]
    return f'W/"{opened.build_id}-{sha256(address).hexdigest()[:16]}"'
