"""For programs whose clock libfaketime sets: its version 0.9.10 refuses the call by which Python sleeps.

`time.sleep` waits until a moment of the monotonic clock, which that version computes wrongly (EINVAL) where
this clock is left alone. Waiting for no file does the same and is not touched.
"""

import select
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select([], [], [], seconds)


time.sleep = _sleep
