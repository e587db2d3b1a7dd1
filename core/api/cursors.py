"""Paging by cursor for programs: what comes later shifts nothing, and a bent cursor is refused."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core.api.problems import BadQuery

MOST, USUAL = 200, 50
PAGING = ("cursor", "limit")


def limit_of(text: str) -> int:
    """How many rows were asked for. Raises ``BadQuery``."""
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        raise BadQuery(limit=_("limit 须为 1 至 %(most)d 的整数。") % {"most": MOST})
    return int(text)


def encode(*values: Any) -> str:
    """A cursor that stands behind a row with these values."""
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The values of a cursor, of these kinds. Raises ``BadQuery``."""
    try:
        if not cursor.isascii() or len(cursor) > 200:
            raise ValueError
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = json.loads(packed)
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, OverflowError, RecursionError):
        raise BadQuery(cursor=_("cursor 无效，请使用上一页返回的值。")) from None


def _value(value: Any, kind: type) -> Any:
    if kind is datetime:
        found = parse_datetime(value) if isinstance(value, str) else None
        if found is None or found.tzinfo is None or not 1900 < found.year < 9000:
            raise ValueError
        return found
    if type(value) is not kind or (isinstance(value, int) and not 0 <= value < 2**63):
        raise ValueError
    return value


def page(
    rows: QuerySet[Any],
    cursor: str,
    *,
    order: tuple[str, str],
    kinds: tuple[type, type],
    limit: int,
) -> tuple[list[Any], str]:
    """Rows behind the cursor in ascending ``order`` (the last unique), and the next cursor.

    The next cursor is empty where nothing follows. Raises ``BadQuery``.
    """
    first, second = order
    if cursor:
        a, b = decode(cursor, *kinds)
        rows = rows.filter(Q(**{f"{first}__gt": a}) | Q(**{first: a, f"{second}__gt": b}))
    taken = list(rows.order_by(first, second)[: limit + 1])
    if len(taken) <= limit:
        return taken, ""
    last = taken[limit - 1]
    return taken[:limit], encode(getattr(last, first), getattr(last, second))
