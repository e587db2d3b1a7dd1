"""What special groups want people to do: review, check, visit, find a helper."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core import clock
from core.workitems import WorkItem
from grids import special_access as access
from grids.models import HolidayVisit
from grids.queries import special as queries

if TYPE_CHECKING:
    from accounts.models import User


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """One item for each kind of list that waits for the person."""
    if not user.can(Permission.SPECIAL_KEEP):
        return []
    day = clock.day_of(now)
    kept = queries.flagged(queries.kept_by(user), on=day)
    titles: dict[str, tuple[Any, str, str]] = {
        "stale": (_("特殊群体：超过复核期限"), "overdue", "late"),
        "checks": (_("特殊群体：安全检查超期"), "overdue", "late"),
        "unpaired": (_("特殊群体：没有主要帮扶人"), "mine", "near"),
        "visits": (_("特殊群体：待节日慰问"), "mine", "near"),
    }
    found = []
    for view, (title, group, lamp) in titles.items():
        if count := kept.filter(queries.condition(view, on=day)).count():
            detail = _("%(n)d户") % {"n": count}
            url = queries.url(view=view)
            found.append(WorkItem(group=group, title=title, detail=detail, url=url, lamp=lamp))
    if kept.exists():
        found += _to_plan(user, now=now)
    return found


def _to_plan(user: User, *, now: datetime) -> list[WorkItem]:
    """Holidays that are near and for which no visit is planned."""
    day = clock.day_of(now)
    unit = queries.kept_by(user).select_related("organisation")[0].organisation
    lead = access.limit("special_visit_lead", unit, on=day)
    seen = HolidayVisit.objects.visible_to(user).order_by()
    planned = set(seen.values_list("holiday", "year").distinct())
    return [
        WorkItem(
            group="mine",
            title=_("安排%(holiday)s慰问") % {"holiday": one.name},
            detail=_("特殊群体"),
            url=reverse("grids:special_visits"),
            due_at=clock.at(one.first),
            lamp="near",
        )
        for one in queries.holidays(now=now)
        if day <= one.last and one.first - lead <= day and (one.name, one.year) not in planned
    ]
