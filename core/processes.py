"""Which process is this, and does another one still run? Decides early on leases of the dead."""

from __future__ import annotations

import hashlib
import os
import socket
from functools import lru_cache
from pathlib import Path


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


@lru_cache(maxsize=1)
def _machine() -> str:
    """One name per running kernel and process-number space: two containers never share it."""
    boot = _read("/proc/sys/kernel/random/boot_id").strip()
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    told = f"{socket.gethostname()} {boot} {space}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _born(pid: int) -> str:
    """When a process began, in ticks since boot; empty when there is no such process."""
    stat = _read(f"/proc/{pid}/stat")
    # The second field holds the program's name in brackets and may itself contain blanks.
    return stat.rpartition(")")[2].split()[19] if stat else ""


def me() -> str:
    """Name of this process, never used again by another one."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_born(pid)}"


def is_gone(holder: str) -> bool:
    """Whether a process surely runs no more. False for one on another machine: nobody knows."""
    machine, _, rest = holder.partition("/")
    pid, _, born = rest.partition("/")
    if machine != _machine() or not pid.isdigit() or not born:
        return False
    return _born(int(pid)) != born
