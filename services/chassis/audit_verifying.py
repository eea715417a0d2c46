"""Is the audit log whole? ``python -m services.chassis.audit_verifying SERVICE ANCHORS_FILE``; ``dev audit verify``.

Says every row that was changed, removed, moved or added behind the service's back, and exits with 1 if there is one.
The file keeps, outside every database, the end of each log as it was last found whole; the next run must find it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from services.chassis.audit import BrokenRow, faults, head
from services.chassis.audit_head import Anchor
from services.chassis.jobs import runtime_of
from services.chassis.runtime import Runtime

_WORDS = {
    "changed": "row {id} is not what was written",
    "out_of_place": "row {id} does not follow the row before it: a row was removed, moved or put between them",
    "missing": "row {id} was there, and is missing or another one: the newest rows were removed or rewritten",
    "unsigned": "row {id} is behind the signed end: it was added, or the mark of the end was removed",
}
_SHOWN = 20


def verify(runtime: Runtime, anchor: Anchor | None) -> tuple[list[BrokenRow], Anchor | None]:
    """The faults of a service's log (the first of them, if there are many), and where it ends now."""
    reading = runtime.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with reading.connect() as connection:
        found = [fault for fault, _ in zip(faults(connection, anchor, runtime.cursors), range(_SHOWN), strict=False)]
        return found, head(connection)


def main(service: str, anchors_file: Path) -> int:
    """Verify, report, and note the end if all is well."""
    noted = json.loads(anchors_file.read_text()) if anchors_file.exists() else {}
    anchor = None
    if service in noted:
        anchor = Anchor(noted[service]["id"], bytes.fromhex(noted[service]["hash"]))
    found, end = verify(runtime_of(service), anchor)
    for fault in found:
        print(f"{service}: {_WORDS[fault.fault].format(id=fault.id)}")
    if found:
        return 1
    if end is not None:
        noted[service] = {"id": end.id, "hash": end.hash.hex()}
        anchors_file.write_text(json.dumps(noted, indent=1))
    print(f"{service}: whole{'' if end is None else f', up to row {end.id}, {end.hash.hex()}'}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
