"""The desk's lines of the rectification ledger, for the unit and for whoever checks."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import rectification_presenting as presenting
from campaign.models import RectificationItem
from campaign.rectification_workflow import TO_DO, ItemState
from campaign.scope import with_absorbed
from core import clock
from core.workitems import WorkItem

# So many lines of one kind at most; the list holds them all.
MOST = 20


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """What waits for one's own unit, and what waits for one's office."""
    units = [place.pk for place in with_absorbed(user, Permission.RECTIFICATION_HANDLE)]
    offices = [place.pk for place in with_absorbed(user, Permission.RECTIFICATION_MANAGE)]
    deciding = [place.pk for place in with_absorbed(user, Permission.DUTY_APPROVE)]
    found: list[WorkItem] = []
    if units:
        mine = Q(unit__in=units) | Q(responsible_unit__in=units)
        found += [_line(item, now) for item in _some(mine & Q(state__in=TO_DO))]
    if offices:
        checks = Q(regulator__in=offices, state__in=(ItemState.REPORTED, ItemState.VERIFIED))
        found += [_check(item) for item in _some(checks)]
        found += _counted(offices, now)
    if deciding:
        asked = Q(regulator__in=deciding, state__in=TO_DO, extensions__granted__isnull=True)
        asked &= Q(extensions__isnull=False)
        found += [_asked(item) for item in _some(asked)]
    return found


def _some(condition: Q) -> QuerySet[RectificationItem]:
    found = RectificationItem.objects.filter(condition).select_related("unit")
    return found.order_by("due_at", "pk").distinct()[:MOST]


def _url(item: RectificationItem) -> str:
    return reverse("campaign:rectification_item", args=[item.pk])


def _line(item: RectificationItem, now: datetime) -> WorkItem:
    lamp, word = presenting.shown(item, now=now)
    today = clock.day_of(item.due_at) == clock.day_of(now)
    group = "overdue" if lamp == "late" else "due_today" if today else "mine"
    title = _("整改：%(number)s") if item.state == ItemState.WORKING else _("落实整改：%(number)s")
    return WorkItem(
        group,
        title % {"number": item.number},
        f"{item.unit} · {item.problem[:40]}",
        _url(item),
        item.due_at,
        lamp,
        word,
    )


def _check(item: RectificationItem) -> WorkItem:
    waits = item.state == ItemState.REPORTED
    title = _("整改待核查：%(number)s") if waits else _("整改待销号：%(number)s")
    return WorkItem(
        "mine", title % {"number": item.number}, f"{item.unit} · {item.problem[:40]}", _url(item)
    )


def _asked(item: RectificationItem) -> WorkItem:
    title = _("整改延期待审批：%(number)s") % {"number": item.number}
    return WorkItem("mine", title, str(item.unit), _url(item))


def _counted(offices: list[int], now: datetime) -> list[WorkItem]:
    """Many of a kind stand in one line, which opens their list."""
    own = RectificationItem.objects.filter(regulator__in=offices)
    # The list shows subordinate offices' items too: the line opens those that it counts.
    codes = Organisation.objects.filter(pk__in=offices).order_by("path").values_list("code")
    page = reverse("campaign:rectification")
    office = urlencode({"office": ",".join(code for (code,) in codes)})
    found = []
    if count := own.overdue(now=now).count():
        text = _("%(count)d项整改逾期") % {"count": count}
        found.append(
            WorkItem("others", text, _("整改台账"), f"{page}?view=overdue&{office}", lamp="late")
        )
    if count := own.to_look_back(now=now).count():
        text = _("%(count)d项整改待回头看") % {"count": count}
        found.append(WorkItem("mine", text, _("整改台账"), f"{page}?view=look_back&{office}"))
    return found
