"""There is one writer at a time, also after a writer was killed."""

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.lock import WriterBusyError, writer_lock

HOLD = """
import sys, time
from pathlib import Path
from warehouse.lock import writer_lock
with writer_lock(Path(sys.argv[1]), "minerals refresh --all"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other_writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_waiting_writer_names_the_holder_of_the_lock(
    tmp_path: Path, other_writer: subprocess.Popen[str]
) -> None:
    messages: list[str] = []
    with (
        pytest.raises(WriterBusyError, match=r"Gave up after 0\.2 s") as failure,
        writer_lock(tmp_path, "minerals rollback", wait_seconds=0.2, on_wait=messages.append),
    ):
        pytest.fail("two writers at once")
    sentence = rf"process {other_writer.pid} since 20\d\d-\S+ \(minerals refresh --all\)\.$"
    assert len(messages) == 1
    assert re.search(sentence, messages[0])
    assert re.search(sentence, str(failure.value))


def test_a_killed_writer_leaves_no_lock(tmp_path: Path, other_writer: subprocess.Popen[str]) -> None:
    other_writer.send_signal(signal.SIGKILL)
    with writer_lock(tmp_path, "minerals refresh", wait_seconds=5):
        pass


def test_a_waiting_writer_goes_on_when_the_lock_is_free(tmp_path: Path) -> None:
    waiting, order = threading.Event(), []

    def second() -> None:
        with writer_lock(tmp_path, "second", wait_seconds=10, on_wait=lambda _: waiting.set()):
            order.append("second")

    thread = threading.Thread(target=second)
    with writer_lock(tmp_path, "first"):
        thread.start()
        assert waiting.wait(5)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
