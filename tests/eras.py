"""What one test keeps in the cache is nothing to the next, also on a server that all share."""

from uuid import uuid4

_era = [uuid4().hex]


def begin() -> None:
    """Forget what was kept so far."""
    _era[0] = uuid4().hex


def key(name: str, prefix: str, version: int) -> str:
    """Django's own way to name what is kept, with the test before it."""
    return f"{_era[0]}:{prefix}:{version}:{name}"
