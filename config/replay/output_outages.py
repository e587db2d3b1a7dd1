"""Outage notices in the folder of a replay, as they stood after each act, and the rules of the day.

Whether one was announced late, not at all, or went on too long follows from these two tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from config.replay.output_cases import Row, shown
from reporting.models import OutageNotice, OutageRule, OutageVersion

SAID = ("kind", "method", "reason", "document", "households", "important_users")
MOMENTS = ("planned_start", "planned_end", "published_at", "actual_start", "actual_end")


def tables() -> Iterator[tuple[str, Iterable[Row]]]:
    yield "outages", outages()
    yield "outage_versions", versions()
    yield "outage_rules", rules()


def outages() -> Iterator[Row]:
    found = OutageNotice.objects.select_related("organisation")
    for one in found.order_by("planned_start", "organisation__code", "number"):
        yield {
            "unit": one.organisation.code,
            "number": one.number,
            "kind": one.kind,
            "method": one.method,
            "state": one.state,
            "entered_at": shown(one.created_at),
            "planned_start": shown(one.planned_start),
            "planned_end": shown(one.planned_end),
            "published_at": shown(one.published_at),
            "actual_end": shown(one.actual_end),
            "cancelled_at": shown(one.cancelled_at),
            # From when its announcement counts at the earliest, after it was moved.
            "counts_from": shown(one.counts_from),
            "told_first": shown(one.told_first),
        }


def versions() -> Iterator[Row]:
    found = OutageVersion.objects.select_related("notice__organisation")
    for one in found.order_by("at", "notice__organisation__code", "notice__number", "number"):
        said = one.content
        yield {
            "unit": one.notice.organisation.code,
            "number": one.notice.number,
            "version": one.number,
            "act": one.act,
            "at": shown(one.at),
            "state": said.get("state", ""),
            **{name: said.get(name, "") for name in SAID},
            **{name: said.get(name) or "" for name in MOMENTS},
        }


def rules() -> Iterator[Row]:
    """What each kind of outage asks for, with the days from and until which it holds."""
    for one in OutageRule.objects.order_by("family", "code", "valid_from"):
        yield {
            "code": one.code,
            "family": one.family,
            "kinds": "、".join(one.kinds),
            "value": "" if one.value is None else one.value,
            "unit": one.unit,
            "content": json.dumps(one.content, ensure_ascii=False, sort_keys=True),
            "basis": one.basis,
            "valid_from": one.valid_from,
            "valid_until": one.valid_until or "",
        }
