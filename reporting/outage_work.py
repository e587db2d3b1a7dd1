"""Work items of outages for the desk: leads to look into, actual times to report."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from core.workitems import WorkItem
from reporting.models import FindingProposal, OutageLead, OutageNotice
from reporting.queries.outages import Filters

if TYPE_CHECKING:
    from accounts.models import User


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """One item for each kind of list that waits for the person."""
    found: list[WorkItem] = []
    if user.can(Permission.FINDING_DECIDE):
        leads = OutageLead.objects.visible_to(user).filter(state=OutageLead.State.OPEN).count()
        found += _item(_("待核实的疑似未公告停电"), leads, reverse("reporting:outage_leads"))
        proposals = FindingProposal.objects.visible_to(user).waiting().count()
        found += _item(_("待处理的问题线索"), proposals, reverse("reporting:proposals"))
    if user.can(Permission.OUTAGE_FILE):
        filters = Filters(flag="unreported", state=OutageNotice.State.STANDING.value)
        waiting = filters.narrow(OutageNotice.objects.visible_to(user)).count()
        found += _item(_("待填报实际停复电时间的停限电"), waiting, filters.url())
    return found


def _item(title: str, count: int, url: str) -> list[WorkItem]:
    if not count:
        return []
    detail = _("%(n)d件") % {"n": count}
    return [WorkItem(group="mine", title=title, detail=detail, url=url)]
