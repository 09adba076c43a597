"""The tools over the Model Context Protocol, on standard input and output. Needs the extra `mcp`."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import orjson
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from warehouse import book
from warehouse.serve.tools import Tools

INSTRUCTIONS = """\
Public figures on critical minerals of the United States, Canada and Mexico: trade, output, prices, duties,
controls, dependency. Look at list_tables and describe before a query; ask_book answers common questions.
Quote build_id, sources and licence with every figure. `flags_in_words` says what limits a figure: repeat it.
A null was not published and never means zero. USMCA is the area of the three together; `coverage` other than
complete means bounds or a gap."""


def server(home: Path) -> MCPServer:
    """The MCP server for the publications of a home."""
    tools = Tools(home)
    found = MCPServer("minerals", instructions=INSTRUCTIONS, log_level="WARNING")
    for tool in (
        tools.list_tables,
        tools.describe,
        tools.query,
        tools.ask_book,
        tools.explain,
        tools.cite,
        tools.compare_vintages,
        tools.what_changed,
    ):
        found.add_tool(
            _answering(tool), name=tool.__name__, description=tool.__doc__, structured_output=False
        )

    def dictionary() -> str:
        """Every published table with its key and the meaning of a row."""
        return _text(tools.list_tables())

    def questions() -> str:
        """The query book: each question with its SQL."""
        return _text({"questions": [{"question": one.text, "sql": one.sql} for one in book.questions()]})

    for resource in (dictionary, questions):
        found.resource(f"minerals://{resource.__name__}", mime_type="application/json")(resource)
    return found


def _answering(tool: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Wrap a tool so that it answers with JSON text and refuses with a sentence."""

    @functools.wraps(tool)
    def answer(*values: Any, **named: Any) -> str:
        try:
            return _text(tool(*values, **named))
        except (LookupError, ValueError, FileNotFoundError) as error:
            raise ToolError(str(error.args[0])) from None
        except duckdb.Error as error:
            raise ToolError(" ".join(str(error).split("\n\n")[0].split())) from None

    return answer


def _text(content: dict[str, Any]) -> str:
    return orjson.dumps(content, default=str).decode()
