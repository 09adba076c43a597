"""The tools over the Model Context Protocol, on standard input and output. Needs the extra `mcp`."""

from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from warehouse import book
from warehouse.serve.calls import Tool, answered, schema
from warehouse.serve.tools import Tools

INSTRUCTIONS = """\
Public figures on critical minerals of the United States, Canada and Mexico: trade, output, prices, duties,
controls, dependency. Look at list_tables and describe before a query; ask_book answers common questions.
Quote build_id, sources and licence with every figure. `sources` are those of rows. `sources_of_tables` are
those of tables read as a whole, so credit no figure to all of them: select source_ids, or explain the figure.
`flags_in_words` says what limits a figure: repeat it. A null was not published and never means zero. USMCA is
the area of the three together; `coverage` other than complete means bounds or a gap."""
FORM = "application/json"


def run(home: Path) -> None:
    """Answer on standard input and output about the publications of a home, until the input ends."""

    async def answer() -> None:
        found = server(home)
        async with stdio_server() as (incoming, outgoing):
            await found.run(incoming, outgoing, found.create_initialization_options())

    anyio.run(answer)


def server(home: Path) -> Any:
    """The MCP server for the publications of a home."""
    of_home = Tools(home)
    tools: dict[str, Tool] = {
        tool.__name__: tool
        for tool in (
            of_home.list_tables,
            of_home.describe,
            of_home.query,
            of_home.ask_book,
            of_home.explain,
            of_home.cite,
            of_home.compare_vintages,
            of_home.what_changed,
        )
    }
    resources: dict[str, Tool] = {
        "minerals://dictionary": of_home.list_tables,
        "minerals://questions": _questions,
    }

    async def list_tools(*_: Any) -> Any:
        listed = [
            types.Tool(name=name, description=tool.__doc__, input_schema=schema(tool))
            for name, tool in tools.items()
        ]
        return types.ListToolsResult(tools=listed)

    async def call_tool(_: Any, asked: Any) -> Any:
        text, is_error = await to_thread.run_sync(partial(answered, tools, asked.name, asked.arguments or {}))
        return types.CallToolResult(content=[types.TextContent(text=text)], is_error=is_error)

    async def list_resources(*_: Any) -> Any:
        listed = [
            types.Resource(uri=uri, name=uri.rpartition("/")[2], description=made.__doc__, mime_type=FORM)
            for uri, made in resources.items()
        ]
        return types.ListResourcesResult(resources=listed)

    async def read_resource(_: Any, asked: Any) -> Any:
        uri = str(asked.uri)
        text, is_error = await to_thread.run_sync(partial(answered, resources, uri, {}))
        if is_error:
            raise MCPError(types.INVALID_PARAMS, text)
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=uri, text=text, mime_type=FORM)]
        )

    return Server(
        "minerals",
        version=version("critical-minerals-warehouse"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def _questions() -> dict[str, Any]:
    """The query book: each question with its SQL."""
    return {"questions": [{"question": one.text, "sql": one.sql} for one in book.questions()]}
