"""Keyed hashes over records, each standing on the one before. The key is in no table."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

from core import one_text

METHODS = {"international": "sha256", "sm": "sm3"}


@lru_cache(maxsize=4)
def _keys(audit_keys: str, secret_key: str) -> dict[str, bytes]:
    """Keys by their short name, the writing one first. Derived: no key serves two purposes."""
    named = [part.partition(":") for part in audit_keys.split(",") if part]
    sources = {name: material for name, _, material in named} | {"s": secret_key}
    return {
        name: hmac.digest(material.encode(), b"portal audit chain", "sha256")
        for name, material in sources.items()
    }


def seal(before: str, fields: list[Any]) -> str:
    """Keyed hash over the seal before and the fields, as "method:key:hex"."""
    keys = _keys(settings.AUDIT_KEY, settings.SECRET_KEY)
    method, name = METHODS[settings.CRYPTO_PROFILE], next(iter(keys))
    return f"{method}:{name}:{_mac(keys[name], before, fields, method)}"


def proves(found: str, before: str, fields: list[Any]) -> bool:
    """Whether a seal is the one that these fields got after that seal.

    It is proved by the method and the key that it names itself; one that names a method that we
    never used, or a key that we do not hold, proves nothing.
    """
    method, _, rest = found.partition(":")
    name, _, told = rest.partition(":")
    key = _keys(settings.AUDIT_KEY, settings.SECRET_KEY).get(name)
    if key is None or method not in METHODS.values():
        return False
    return hmac.compare_digest(_mac(key, before, fields, method), told)


def _mac(key: bytes, before: str, fields: list[Any], method: str) -> str:
    return hmac.digest(key, _canonical([before, *fields]).encode(), method).hex()


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


# One text for one value: sorted names, no blanks, instants in UTC.
_canonical = one_text.encoder(sort_keys=True, separators=(",", ":"), default=_instant)
