"""``python -m gateway`` is ``keyarea``."""

import sys

from gateway.cli import main

sys.exit(main())
