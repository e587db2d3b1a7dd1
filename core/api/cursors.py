"""Paging by cursor for programs: what comes later shifts nothing, and a bent cursor is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
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
    rows: QuerySet[Any], params: Mapping[str, str], *, by: str = "updated_at", kind: type = datetime
) -> tuple[list[Any], str]:
    """The rows that ``cursor`` and ``limit`` ask for, in ascending order of a column and, where it
    is the same, of their keys; and the next cursor, empty where nothing follows.

    Raises ``BadQuery``.
    """
    limit = limit_of(params.get("limit", ""))
    if cursor := params.get("cursor", ""):
        reached, key = decode(cursor, kind, int)
        rows = rows.filter(Q(**{f"{by}__gt": reached}) | Q(**{by: reached, "pk__gt": key}))
    taken = list(rows.order_by(by, "pk")[: limit + 1])
    if len(taken) <= limit:
        return taken, ""
    last = taken[limit - 1]
    return taken[:limit], encode(attrgetter(by.replace("__", "."))(last), last.pk)
