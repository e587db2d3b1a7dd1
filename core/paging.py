"""Paging by key: page 1,000 costs what page 1 costs, and rows that arrive shift nothing.

A cursor holds the sort values of the last row shown. A tampered or outdated cursor shows page one,
also one with an infinite number or an instant that no other zone can express (OverflowError).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.http import QueryDict


@dataclass(frozen=True)
class Page:
    """Rows of one page and the query strings ("?…") of its neighbours; empty when there is none."""

    items: list[Any]
    next_query: str
    previous_query: str
    size: int

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def keyset(
    queryset: QuerySet[Any],
    params: Mapping[str, str],
    *,
    order: tuple[str, ...] = ("-pk",),
    size: int = 50,
    name: str = "after",
) -> Page:
    """Cut one page out of a queryset.

    ``order``: fields without NULLs, the last one unique ("-created_at", "-pk"). ``params`` is
    ``request.GET``: all its other values are kept in the links. ``name`` tells two lists on one
    page apart.
    """
    backward = params.get(f"{name}_way") == "back"
    fields = tuple(_turned(field) for field in order) if backward else order
    values = _decode(params.get(name, ""), len(order))
    rows = queryset.order_by(*fields)
    if values is not None:
        try:
            taken = list(rows.filter(_beyond(fields, values))[: size + 1])
        except (ArithmeticError, ValueError, TypeError, ValidationError, FieldError):
            values, backward, taken = None, False, list(queryset.order_by(*order)[: size + 1])
    else:
        backward, taken = False, list(queryset.order_by(*order)[: size + 1])
    more = len(taken) > size
    taken = taken[:size]
    if backward:
        taken.reverse()
    has_next = more if not backward else True
    has_previous = more if backward else values is not None
    return Page(
        items=taken,
        next_query=_query(params, name, _values(taken[-1], order)) if taken and has_next else "",
        previous_query=_query(params, name, _values(taken[0], order), back=True)
        if taken and has_previous
        else "",
        size=size,
    )


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _beyond(fields: tuple[str, ...], values: list[Any]) -> Q:
    """Rows after the given values: a > x, or a = x and b > y, and so on.

    That a >= x follows from it; said by itself, an index begins there and not at page one.
    """
    condition, same = Q(), Q()
    start = "lte" if fields[0].startswith("-") else "gte"
    for field, value in zip(fields, values, strict=True):
        column = field.lstrip("-")
        operator = "lt" if field.startswith("-") else "gt"
        condition |= same & Q(**{f"{column}__{operator}": value})
        same &= Q(**{column: value})
    return Q(**{f"{fields[0].lstrip('-')}__{start}": values[0]}) & condition


def _values(row: Any, order: tuple[str, ...]) -> list[Any]:
    found = []
    for field in order:
        value = row
        for part in field.lstrip("-").split("__"):
            value = value[part] if isinstance(value, dict) else getattr(value, part)
        found.append(value)
    return found


def _query(params: Mapping[str, str], name: str, values: list[Any], *, back: bool = False) -> str:
    query = params.copy() if isinstance(params, QueryDict) else QueryDict(mutable=True)
    if not isinstance(params, QueryDict):
        query.update(params)
    # Microseconds matter to a cursor; the usual JSON encoder cuts them.
    plain = [v.isoformat() if isinstance(v, datetime | date) else v for v in values]
    text = json.dumps(plain, cls=DjangoJSONEncoder, ensure_ascii=False)
    query[name] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    query.pop(f"{name}_way", None)
    if back:
        query[f"{name}_way"] = "back"
    return f"?{query.urlencode()}"


def _decode(cursor: str, length: int) -> list[Any] | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(text)
    except ValueError:
        return None
    sound = isinstance(values, list) and len(values) == length
    return values if sound and all(_comparable(v) for v in values) else None


def _comparable(value: Any) -> bool:
    """Whether a database can compare with the value; PostgreSQL refuses an instant before year 1.

    Its refusal would break the transaction, so that it cannot be caught afterwards.
    """
    if isinstance(value, str):
        return not value.startswith("0001-") and "\x00" not in value
    return isinstance(value, int | float)
