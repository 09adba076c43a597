"""Calls of tools by an assistant: arguments read leniently, answers in JSON, refusals in one sentence."""

import inspect
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from warehouse.connect import sentence
from warehouse.serve.as_json import as_json

LONGEST_KB = 64
"""Maximum size of one text."""

Tool = Callable[..., dict[str, Any]]


def schema(tool: Tool) -> dict[str, Any]:
    """The JSON schema of a tool's arguments: texts, and lists of texts or numbers."""
    wanted = inspect.signature(tool).parameters
    word = {"type": ["string", "number"]}
    return {
        "type": "object",
        "properties": {
            name: {"type": "string"} if parameter.annotation is str else {"type": "array", "items": word}
            for name, parameter in wanted.items()
        },
        "required": [name for name, parameter in wanted.items() if parameter.default is parameter.empty],
        "additionalProperties": False,
    }


def answered(tools: Mapping[str, Tool], name: str, given: Mapping[str, Any]) -> tuple[str, bool]:
    """The answer of a tool as JSON, or a sentence that refuses it; and whether it is refused."""
    if name not in tools:
        return f"There is no tool {name[:80]}; there are {', '.join(tools)}.", True
    try:
        return as_json(tools[name](**_fitting(tools[name], given))).decode(), False
    except (LookupError, ValueError, FileNotFoundError) as error:
        return str(error.args[0]), True
    except duckdb.IOException:
        return "The publication cannot be read.", True
    except duckdb.Error as error:
        return sentence(error), True
    except Exception:
        logging.getLogger(__name__).exception("%s failed", name)
        return f"{name} failed; the log of the server says why.", True


def _fitting(tool: Tool, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a tool by name.

    A number is accepted where text is expected, null counts as no argument, and a list may be text, with
    commas or in JSON.

    Raises:
        ValueError: An argument is unknown, missing, of another kind or too long.
    """
    wanted = inspect.signature(tool).parameters
    for name in given:
        if name not in wanted:
            raise ValueError(f"{tool.__name__} has no argument {name[:40]!r}; it takes {', '.join(wanted)}.")
    stated = {name: value for name, value in given.items() if value is not None}
    for name, parameter in wanted.items():
        if parameter.default is parameter.empty and name not in stated:
            raise ValueError(f"{tool.__name__} needs {name}.")
    return {
        name: _text(name, value) if wanted[name].annotation is str else _list(name, value)
        for name, value in stated.items()
    }


def _text(name: str, value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text, not {json.dumps(value, default=str)[:40]}.")
    if len(value.encode(errors="replace")) > LONGEST_KB << 10:
        raise ValueError(f"{name} may have at most {LONGEST_KB} KB.")
    if "\0" in value or value.encode(errors="ignore").decode() != value:
        raise ValueError(f"{name} has characters that are not valid text.")
    return value


def _list(name: str, value: Any) -> list[str]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            value = [part.strip() for part in value.split(",")]
    if isinstance(value, Mapping) or value is None or isinstance(value, bool):
        raise ValueError(f"{name} must be a list of texts, not {json.dumps(value, default=str)[:40]}.")
    return [_text(name, one) for one in (value if isinstance(value, list) else [value])]
