"""Replace `time.sleep` in programs whose clock libfaketime sets: version 0.9.10 breaks Python's sleep.

`time.sleep` waits until a time of the monotonic clock, which that version computes wrongly (EINVAL) if it
does not fake this clock. `select` without files waits equally long and is not affected.
"""

import select
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = _sleep
