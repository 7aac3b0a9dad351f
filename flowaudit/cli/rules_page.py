"""docs/rules.md, written from the rules.

`python -m flowaudit.cli.rules_page` writes it below the working directory; with `--check` it says instead, by its exit
code, whether the file is still what the rules say.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flowaudit.policy.documentation import documentation

PAGE: Final = Path("docs", "rules.md")


def main(arguments: Sequence[str]) -> int:
    """Write the page; with `--check` compare instead."""
    text = documentation()
    if list(arguments) == ["--check"]:
        fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        if not fresh:
            sys.stderr.write(f"{PAGE} is stale: python -m flowaudit.cli.rules_page\n")
        return 0 if fresh else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
