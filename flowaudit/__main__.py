"""`python -m flowaudit`."""

import sys

from flowaudit.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
