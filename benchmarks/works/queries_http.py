"""The query book over HTTP on this machine, and the same questions on the file, in one run."""

import socket
import statistics
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from benchmarks import history
from benchmarks.harness import Contender, Facts, Goal, Place, Task, Work

BUILD_ID = "20260205T031502Z"


def make(folder: Path, _: int) -> Facts:
    """The starter, built and published."""
    import json  # noqa: PLC0415

    from warehouse.publish import Build, publish  # noqa: PLC0415

    history.load_starter(folder)
    history.dbt(folder, "build")
    manifest, results = (
        json.loads((folder / "dbt" / f"{name}.json").read_bytes()) for name in ("manifest", "run_results")
    )
    publish(folder, Build(BUILD_ID, datetime(2026, 2, 5, 3, 15), "0.1.0", manifest, [results]))
    return {}


def measured(ask: Callable[[int], object]) -> Task:
    """Run each question once to warm up, then three times; returns its median time, and the p95 of all."""
    from warehouse import book  # noqa: PLC0415

    numbers = [one.number for one in book.questions()]

    def once(number: int) -> float:
        began = time.perf_counter()
        ask(number)
        return 1000 * (time.perf_counter() - began)

    def task() -> Facts:
        for number in numbers:
            once(number)
        times = sorted(statistics.median(once(number) for _ in range(3)) for number in numbers)
        return {
            "p95_ms": times[round(0.95 * len(times)) - 1],
            "median_ms": statistics.median(times),
            "questions": len(times),
        }

    return task


def local(place: Place) -> Task:
    """As `minerals ask` does: read the file and the names of countries."""
    from warehouse import book  # noqa: PLC0415
    from warehouse.connect import Engine, connect  # noqa: PLC0415

    con = connect(place.data / "minerals.duckdb", Engine("1GB", 2))
    asked = {one.number: one for one in book.questions()}
    return measured(lambda number: book.answer(con, asked[number]))


def over_http(place: Place) -> Task:
    """As a client does: read JSON over a persistent connection from a server in a thread."""
    import requests  # noqa: PLC0415
    import uvicorn  # noqa: PLC0415

    from warehouse.serve.app import Server  # noqa: PLC0415

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(Server(place.data).app(), port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    session = requests.Session()

    def ask(number: int) -> bytes:
        answer = session.get(f"http://127.0.0.1:{port}/v1/questions/{number}", timeout=60)
        answer.raise_for_status()
        return answer.content

    return measured(ask)


WORK = Work(
    id="queries_http",
    title="The query book over HTTP, on the starter",
    make=make,
    scales={"small": 0, "default": 0, "full": 0},
    unit="synthetic lines",
    contenders=(
        Contender("http", "`minerals serve` on loopback", "ours", over_http),
        Contender("file", "the same questions on the file", "peer", local),
    ),
    goals=(Goal("p95 of the file's", "http", "file", at_most=2, figure="p95_ms"),),
    same=("questions",),
)
