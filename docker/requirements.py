"""Prints what Tapedeck needs, as pip reads it: everything, or (``--without torch``) all but some of it."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path


def main() -> None:
    """Read the project's file, print its dependencies one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    given = parser.parse_args()
    project = tomllib.loads(given.project.read_text("utf-8"))["project"]
    for line in project["dependencies"]:
        if re.match(r"[\w.-]+", line)[0] not in given.without:  # type: ignore[index]
            print(line)


if __name__ == "__main__":
    main()
