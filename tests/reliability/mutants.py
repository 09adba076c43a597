"""Mutation tests: break one expression of a module at a time and check that its tests fail.

Nothing on disk changes: in a forked process the tests import a mutant, compiled from the changed syntax tree,
instead of the module.
``python -m tests.reliability.mutants ingest.formats.printed_values 40 tests/...``
prints one line of JSON for each of 40 mutants, drawn by a fixed seed; 0 takes all.
"""

import ast
import copy
import importlib
import importlib.util
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

SECONDS = 120
PACKAGES = ("ingest", "orchestration", "warehouse", "tests")
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
Change = Callable[[ast.AST], None]


def changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """The mutations of one node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        yield "comparison", lambda n: n.ops.__setitem__(0, SWAPS[type(n.ops[0])]())  # type: ignore[attr-defined]
    if isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in SWAPS and not _is_text(node):
        yield "operator", lambda n: setattr(n, "op", SWAPS[type(n.op)]())  # type: ignore[attr-defined]
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))  # type: ignore[attr-defined]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not", lambda n: setattr(n, "operand", ast.UnaryOp(ast.Not(), n.operand))  # type: ignore[attr-defined]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "constant", lambda n: setattr(n, "value", not n.value)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield "number", lambda n: setattr(n, "value", n.value + 1)  # type: ignore[attr-defined]
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "return", lambda n: setattr(n, "value", ast.Constant(None))  # type: ignore[attr-defined]


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.AST) -> bool:
    """Whether an operator joins texts or types, so that no other operator makes sense."""
    return isinstance(node, ast.BinOp) and any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in (node.left, node.right)
    )


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Every mutant of a module's functions, with a description. Annotations and defaults stay."""
    nodes = list(ast.walk(tree))
    inside = {
        id(found)
        for function in nodes
        if isinstance(function, ast.FunctionDef)
        for statement in function.body
        for found in ast.walk(statement)
    }
    in_messages = {id(found) for node in nodes if isinstance(node, ast.Raise) for found in ast.walk(node)}
    typed = {
        id(found) for node in nodes if isinstance(node, ast.AnnAssign) for found in ast.walk(node.annotation)
    }
    for place, node in enumerate(nodes):
        if id(node) not in inside or id(node) in in_messages or id(node) in typed:
            continue
        for which, (what, _) in enumerate(changes(node)):
            mutant = copy.deepcopy(tree)
            changed = list(ast.walk(mutant))[place]
            list(changes(changed))[which][1](changed)
            code = ast.unparse(node).splitlines()[0][:80]
            display_name = f"line {getattr(node, 'lineno', 0)}: {what} in `{code}`"
            yield display_name, ast.fix_missing_locations(mutant)


@dataclass(frozen=True)
class Mutant(MetaPathFinder, Loader):
    """Imports one module from a changed syntax tree."""

    name: str
    origin: str
    tree: ast.Module

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """The spec of the mutant; None for other modules."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.origin, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Execute the changed code as the module."""
        exec(compile(self.tree, self.origin, "exec"), module.__dict__)  # noqa: S102

    def install(self) -> None:
        """Import the mutant from now on. Modules imported before may hold functions of the real one."""
        for imported in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
            del sys.modules[imported]
        sys.meta_path.insert(0, self)


def survives(mutant: Mutant, tests: list[str]) -> bool:
    """Whether the tests pass on a mutant. A mutant that hangs or cannot be imported does not survive."""
    process = os.fork()
    if process:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status) == 0
            time.sleep(0.02)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return False
    code = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        import pytest  # noqa: PLC0415

        mutant.install()
        code = int(pytest.main([*tests, "-x", "-q", "-n0", "-p", "no:cacheprovider", "-p", "no:randomly"]))
    finally:
        os._exit(code)


def main(name: str, count: int, tests: list[str]) -> None:
    """Test mutants of a module and print one line for each."""
    for heavy in ("polars", "duckdb", "dataframely", "pytest", "hypothesis", "requests"):
        importlib.import_module(heavy)  # once, before any fork
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text())
    assert survives(Mutant(name, spec.origin, tree), tests), f"the tests of {name} fail without any mutant"
    found = list(mutants(tree))
    chosen = random.Random(name).sample(found, count) if 0 < count < len(found) else found
    for what, changed in chosen:
        is_killed = not survives(Mutant(name, spec.origin, changed), tests)
        verdict = {"module": name, "mutant": what, "killed": is_killed}
        sys.stdout.write(json.dumps(verdict) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
