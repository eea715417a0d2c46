"""``python -m deploy.local`` is what ``./dev`` hands over to."""

import sys

from deploy.local.cli import main

sys.exit(main(sys.argv[1:]))
