"""``python -m client``."""

import sys

from .command_line import main

sys.exit(main())
