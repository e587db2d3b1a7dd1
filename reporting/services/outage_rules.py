"""Changing a rule on outages: a further version from a day on, seen before it is made.

Notices whose outage is planned on or after that day are judged again; what was found by the
version before stays in the audit trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import clock
from core.errors import Refused
from core.versions import Versions
from reporting.models import OutageNotice, OutageRule
from reporting.outages import judging
from reporting.queries.outages import Rulebook, facts_of

# So many notices are judged for the preview, the latest; all are afterwards.
LOOKED_AT = 2000


@dataclass(frozen=True)
class Moved:
    """A notice that would be judged otherwise: its lead time, and what stands against it."""

    notice: OutageNotice
    lead_before: bool | None
    lead_after: bool | None
    came: tuple[str, ...]
    went: tuple[str, ...]


class OutageRules(Versions[OutageRule]):
    """What a rule says in numbers and words; what it is for stays."""

    model, event = OutageRule, "outage.rule"
    permission = Permission.RULE_MANAGE
    fields = ("title", "value", "basis", "valid_until")
    ahead = False

    def further(self, base: OutageRule) -> OutageRule:
        made = super().further(base)
        made.version += 1
        return made

    def check(self, base: Any, made: OutageRule) -> None:
        if (made.value is None) != (base.value is None):
            raise Refused(_("请填写限值。") if base.value is not None else _("该规则没有限值。"))

    def follow(self, made: OutageRule, *, now: datetime) -> dict[str, Any]:
        """The round judges again what it governs."""
        return {"notices": _governed(made).update(judge_at=now - timedelta(seconds=1))}


OUTAGE_RULES = OutageRules()


def _governed(made: OutageRule) -> QuerySet[OutageNotice]:
    rows = OutageNotice.objects.filter(planned_start__gte=clock.at(made.valid_from))
    return rows.filter(kind__in=made.kinds) if made.kinds else rows


def moved(made: OutageRule, *, now: datetime) -> tuple[list[Moved], int]:
    """Notices that would be judged otherwise, and how many were looked at: the latest ones."""
    standing, changed = Rulebook(), Rulebook(made)
    rows = _governed(made).select_related("organisation").order_by("-planned_start", "-pk")
    found, looked = [], 0
    for notice in rows[:LOOKED_AT]:
        looked += 1
        before, after = (
            judging.judge(facts_of(notice, book), book.on(notice.planned_start), now=now)
            for book in (standing, changed)
        )
        if (before.lead_ok, before.codes) != (after.lead_ok, after.codes):
            came, went = after.codes - before.codes, before.codes - after.codes
            found.append(
                Moved(
                    notice,
                    before.lead_ok,
                    after.lead_ok,
                    tuple(sorted(came)),
                    tuple(sorted(went)),
                )
            )
    return found, looked
