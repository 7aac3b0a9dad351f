"""`python -m flowaudit`."""

import sys

from flowaudit.cli.main import entry

if __name__ == "__main__":
    sys.exit(entry())
