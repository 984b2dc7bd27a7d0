"""`python -m tui`: the same as `careplan-setup`, where it runs from a stick and is not installed."""

import sys

from tui.cli import main

sys.exit(main())
