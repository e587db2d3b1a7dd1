"""``python -m tests.bench._peak TARGET COMMAND…``: runs a command and writes down the most memory,
in MB, that it or a child of it held.

To be put between a big process and what it starts: Linux charges a new process with the highest
mark of the one that started it.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path


def main(target: str, *command: str) -> int:
    code = subprocess.run(command).returncode
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    Path(target).write_text(str(peak / 1024), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
