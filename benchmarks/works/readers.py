"""Publishing while eight readers query continuously: the published file, and a copy of it, in turn.

Eight readers occupy the cores of a small machine whatever they read. The difference is the cost of reading
the file that the refresh publishes.
"""

import multiprocessing
import shutil
import statistics
import time
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from typing import Any

from benchmarks.harness import Bound, Contender, Facts, Place, Task, Work
from benchmarks.works import publication

READERS = 8
NIGHTS = 5
QUESTION = "select min(figure_0), max(figure_0), count(*) from core.fct_price"


def ask(
    files: list[str], turn: "Synchronized[int]", done: Event, results: "multiprocessing.Queue[Any]"
) -> None:
    """Connect and query in a loop; return the number of answers, of inconsistent answers and of errors."""
    import duckdb  # noqa: PLC0415

    answers = torn = errors = 0
    while not done.is_set():
        try:
            with duckdb.connect(files[turn.value], read_only=True, config={"threads": 1}) as con:
                least, most, _ = con.execute(QUESTION).fetchall()[0]
            answers += 1
            torn += least != most
        except duckdb.Error:
            errors += 1
    results.put((answers, torn, errors))


def readers(place: Place) -> Task:
    import duckdb  # noqa: PLC0415

    home = publication.staged(place)
    build = home / publication.FILE

    def night(day: int) -> float:
        """Publish a build in which every row of the queried table is new; returns the seconds."""
        with duckdb.connect(str(build)) as con:
            con.execute(f"update core.fct_price set figure_0 = {day}")
        began = time.perf_counter()
        publication.published(home, day)
        return time.perf_counter() - began

    night(1)
    elsewhere = home / "copy.duckdb"
    shutil.copyfile(home / "minerals.duckdb", elsewhere)
    context = multiprocessing.get_context("spawn")
    turn, done, results = context.Value("i", 0), context.Event(), context.Queue()
    files = [str(elsewhere), str(home / "minerals.duckdb")]
    asking = [context.Process(target=ask, args=(files, turn, done, results)) for _ in range(READERS)]

    def task() -> Facts:
        for reader in asking:
            reader.start()
        delays = []
        for day in range(2, 2 + 2 * NIGHTS, 2):
            turn.value = 0
            undisturbed = night(day)
            turn.value = 1
            delays.append(night(day + 1) - undisturbed)
        done.set()
        answers, torn, errors = (sum(counts) for counts in zip(*(results.get() for _ in asking), strict=True))
        return {
            "delay_s": statistics.median(delays),
            "largest_delay_s": max(delays),
            "answers": answers,
            "torn_or_refused": torn + errors,
        }

    return task


WORK = Work(
    id="readers",
    title=f"{2 * NIGHTS} publications of {{scale:,}} MB, {READERS} readers of the file or a copy, in turn",
    make=publication.make,
    scales={"small": 20, "default": 100, "full": 1_000},
    unit="MB",
    contenders=(Contender("ours", "ten publications, ours", "ours", readers),),
    goals=(),
    bounds=(
        Bound("delay of a publication by its readers, s, median", "ours", "delay_s", 1),
        Bound("answers that were half of one publication, or errors", "ours", "torn_or_refused", 0),
    ),
    runs=1,
)
