"""Run the reading child on a file; print its peak memory (bytes), its processor and wall seconds.

A process of its own and small, because the peak of a child counts from the size of its parent.
"""

import os
import subprocess
import sys
import time


def main(path, argument):
    begin = time.monotonic()
    with open(path, "rb") as source:
        child = subprocess.Popen(
            [sys.executable, "-s", "-m", "core.sheets.child", argument],
            stdin=source,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while True:
            done, _status, usage = os.wait4(child.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() - begin > 5:
                child.kill()
            time.sleep(0.005)
    processor = usage.ru_utime + usage.ru_stime
    print(usage.ru_maxrss * 1024, round(processor, 3), round(time.monotonic() - begin, 3))


if __name__ == "__main__":
    main(*sys.argv[1:])
