"""Work for the processor (argon2, images), kept off eventlet's hub.

Why this module exists: a hash of 40 ms in a green thread stops every other request of the process for 40 ms. In a
service it goes through eventlet's thread pool; a job or a test, which runs without eventlet, just does it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def off_the_hub(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``work(*args, **kwargs)``, while the other green threads run on. ``work`` must touch no green socket."""
    patcher = sys.modules.get("eventlet.patcher")  # a process that lives without eventlet never imports it here
    if patcher is None or not patcher.is_monkey_patched("thread"):
        return work(*args, **kwargs)
    from eventlet import tpool

    result: T = tpool.execute(work, *args, **kwargs)
    return result
