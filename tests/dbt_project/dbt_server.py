"""dbt's command line without its start-up time: a process that has loaded dbt and our project forks for each
command.

dbt takes four seconds to load, and ten more to parse the project for each home, since the path of the
databases is part of its profile although no parsed file depends on it. Each command runs in its own process,
as if dbt were started.
"""

import atexit
import gc
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.conftest import REPOSITORY


def ran(
    arguments: Sequence[str], environment: Mapping[str, str], record: Path | None, output: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command of dbt; ``record`` is the partial parse of the project, if it need not be parsed.

    Its output goes to the file ``output``, and is the result's ``stdout``.
    """
    server = _server()
    assert server.stdin
    assert server.stdout
    asked = [list(arguments), dict(environment), str(record) if record else None, str(output)]
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    code = int(server.stdout.readline())
    return subprocess.CompletedProcess(list(arguments), code, output.read_text(encoding="utf-8"), "")


@cache
def _server() -> subprocess.Popen[str]:
    """The server of this process, which ends with it."""
    command = [sys.executable, "-m", "tests.dbt_project.dbt_server"]
    server = subprocess.Popen(
        command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(server.communicate)
    return server


def _serve() -> None:
    from dbt.cli.main import dbtRunner  # noqa: PLC0415  (only the server loads it)
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415

    @cache
    def parsed(record: str) -> Manifest:
        manifest = Manifest.from_msgpack(Path(record).read_bytes())
        manifest.build_flat_graph()
        gc.freeze()  # the manifest stays, so no command needs to search it for garbage
        return manifest

    def run(arguments: list[str], record: str | None) -> int:
        ended = dbtRunner(manifest=parsed(record) if record else None).invoke(arguments)
        if ended.exception:
            print(ended.exception, file=sys.stderr)  # noqa: T201
        return 0 if ended.success else 2 if ended.exception else 1

    for line in sys.stdin:
        arguments, environment, record, output = json.loads(line)
        if record:
            parsed(record)
        child = os.fork()
        if child == 0:
            with Path(output).open("wb") as file:
                for words in (1, 2):
                    os.dup2(file.fileno(), words)
            os.environ.clear()
            os.environ.update(environment)
            code = run(arguments, record)
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)  # a regular exit of Python would take a second to free the manifest
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve()
