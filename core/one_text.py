"""One text of JSON for one value, for very many values: the encoder is set up only once."""

from __future__ import annotations

from collections.abc import Callable
from json import JSONEncoder
from json import encoder as parts
from typing import Any


def encoder(
    *,
    ensure_ascii: bool = False,
    sort_keys: bool = False,
    separators: tuple[str, str] = (", ", ": "),
    default: Callable[[Any], Any] | None = None,
) -> Callable[[Any], str]:
    """What ``JSONEncoder(…).encode`` gives, which sets up a new one each time.

    Values must not hold themselves. Falls back on it where Python has no encoder written in C.
    """
    usual = JSONEncoder(
        ensure_ascii=ensure_ascii, sort_keys=sort_keys, separators=separators, default=default
    )
    make = getattr(parts, "c_make_encoder", None)
    text = parts.encode_basestring_ascii if ensure_ascii else parts.encode_basestring
    if make is None:
        return usual.encode
    items, keys = separators
    encoded = make(None, usual.default, text, None, keys, items, sort_keys, False, True)
    return lambda value: "".join(encoded(value, 0))
