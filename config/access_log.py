"""The access log: who opened or took personal data, out of the audit trail (S2-6.1.3, S2-7.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from config import scope
from config.audit_views import details, told
from core import catalogue_files, clock
from core.models import AuditEvent
from core.sheets.writer import Out

CATALOGUE = Path(__file__).parent / "catalogue" / "access_log.yaml"
READERS = (Permission.PRIVACY_VIEW, Permission.AUDIT_VIEW)
WAYS = {"opened": gettext_lazy("查看"), "taken": gettext_lazy("下载、导出")}


@dataclass(frozen=True)
class Kinds:
    """Kinds of events that open personal data, and that take it away."""

    valid_from: date
    opened: tuple[str, ...]
    taken: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.opened + self.taken


@lru_cache
def _editions() -> tuple[Kinds, ...]:
    return tuple(
        Kinds(one["valid_from"], tuple(one["opened"]), tuple(one["taken"]))
        for one in catalogue_files.read(CATALOGUE)
    )


def kinds_on(day: date) -> Kinds:
    """The edition in force on a day, else the first."""
    return catalogue_files.in_force(_editions(), on=day) or _editions()[0]


def visible(user: User) -> QuerySet[AuditEvent]:
    """Openings and copies in the chains of units whose log the person reads."""
    events = AuditEvent.objects.filter(kind__in=kinds_on(clock.today()).all)
    if any(scope.sees_all(user, permission) for permission in READERS):
        return events
    return events.filter(organisation__in=units(user).values("code"))


def units(user: User) -> QuerySet[Organisation]:
    """Units whose log the person reads."""
    sight = Q(pk__in=())
    for permission in READERS:
        if user.can(permission):
            sight |= user.sight(permission)
    return Organisation.objects.filter(sight).order_by("path")


def way_of(kind: str) -> str:
    return "opened" if kind in kinds_on(clock.today()).opened else "taken"


def rows(events: list[AuditEvent]) -> list[dict[str, Any]]:
    """Events in words: who, what, how many rows, what for."""
    return [
        {
            **one,
            "way": WAYS[way_of(one["event"].kind)],
            "number": one["event"].details.get("count", one["event"].details.get("rows")),
            "what": one["event"].details.get("what")
            or one["event"].details.get("field")
            or "、".join(one["event"].details.get("fields", [])),
        }
        for one in told(events)
    ]


def columns() -> list[Out]:
    return [
        Out("at", gettext("时间"), 20),
        Out("organisation", gettext("单位"), 20),
        Out("sequence", gettext("序号"), 10),
        Out("actor", gettext("操作人")),
        Out("account", gettext("账号")),
        Out("way", gettext("方式")),
        Out("verb", gettext("动作"), 20),
        Out("thing", gettext("对象类型"), 20),
        Out("target", gettext("对象编号")),
        Out("number", gettext("条数"), 10),
        Out("reason", gettext("用途"), 40),
        Out("place", gettext("来源")),
        Out("details", gettext("内容"), 40),
        Out("seal", gettext("封印"), 40),
    ]


def lines(found: QuerySet[AuditEvent]) -> Iterator[dict[str, Any]]:
    """Rows of a workbook, oldest first, each with its seal, so that it can be proved later."""
    batch: list[AuditEvent] = []
    for event in found.order_by("at", "pk").iterator(chunk_size=2000):
        batch.append(event)
        if len(batch) == 2000:
            yield from map(_line, rows(batch))
            batch = []
    yield from map(_line, rows(batch))


def _line(row: dict[str, Any]) -> dict[str, Any]:
    event = row["event"]
    return {
        "at": event.at.astimezone(clock.ZONE).isoformat(sep=" ", timespec="seconds"),
        "organisation": str(row["organisation"]),
        "sequence": event.number,
        "actor": str(row["actor"]),
        "account": event.actor,
        "way": str(row["way"]),
        "verb": str(row["verb"]),
        "thing": str(row["thing"]),
        "target": event.target_id,
        "number": row["number"],
        "reason": event.reason,
        "place": event.place,
        "details": details(event),
        "seal": event.seal,
    }
