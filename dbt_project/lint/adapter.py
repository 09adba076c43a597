"""dbt's `adapter` as sqlfluff needs it: a dispatched macro is its DuckDB form, the dialect that is linted."""

from collections.abc import Callable

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, macro: str) -> Callable[..., str]:
    """The macro of that name for DuckDB."""
    found: Callable[..., str] = context[f"duckdb__{macro}"]
    return found
