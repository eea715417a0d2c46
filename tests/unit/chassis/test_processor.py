"""Work for the processor: done in place without eventlet, and beside the hub with it."""

from __future__ import annotations

import subprocess
import sys
import threading

from services.chassis.processor import off_the_hub

_UNDER_EVENTLET = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
from eventlet.patcher import original
from services.chassis.processor import off_the_hub
native_thread = original("threading").get_ident
here, worker = native_thread(), off_the_hub(native_thread)
print("in place" if here == worker else "beside the hub")
"""


def test_without_eventlet_the_work_is_done_in_place() -> None:
    assert off_the_hub(threading.get_ident) == threading.get_ident()


def test_under_eventlet_the_work_is_done_by_another_native_thread() -> None:
    ran = subprocess.run([sys.executable, "-c", _UNDER_EVENTLET], capture_output=True, text=True, timeout=30)
    assert ran.stdout.strip() == "beside the hub", ran.stderr
