"""Is the process in this container ready? Ends with 0 if /readyz on its ops port answers 200, else with 1."""

import os
import sys
import urllib.request

try:
    with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['ZHIYUAN_OPS_PORT']}/readyz", timeout=5):
        pass
except OSError as not_ready:
    sys.exit(str(not_ready))
