"""Keyed hashes over records, each standing on the one before. The key is in no table."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

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


def seal(before: str, fields: list[Any], *, like: str = "") -> str:
    """Keyed hash over the seal before and the fields, as "method:key:hex".

    ``like`` is an existing seal whose method and key are used again, to prove it; one that names a
    method or key that is not known gives the empty string, which equals no seal.
    """
    keys = _keys(settings.AUDIT_KEY, settings.SECRET_KEY)
    method, name = METHODS[settings.CRYPTO_PROFILE], next(iter(keys))
    if like:
        method, _, rest = like.partition(":")
        name = rest.partition(":")[0]
        if method not in METHODS.values() or name not in keys:
            return ""
    told = [before, *(_text(field) for field in fields)]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{method}:{name}:{hmac.new(keys[name], text.encode(), method).hexdigest()}"


def proves(seal_found: str, before: str, fields: list[Any]) -> bool:
    """Whether a seal is the one that these fields got after that seal."""
    return hmac.compare_digest(
        seal(before, fields, like=seal_found).encode(), seal_found.encode() or b"-"
    )


def _text(field: Any) -> Any:
    return field.astimezone(UTC).isoformat() if isinstance(field, datetime) else field
