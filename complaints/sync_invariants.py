"""What must always be true of the line to companies' systems; proved by ``manage.py verify``."""

from __future__ import annotations

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from complaints.models import HotlineCounter, HotlineMessage, Reconciliation
from core.invariants import register


@register("complaints.messages-without-gap")
def messages_without_gap() -> list[str]:
    """The messages of an organisation in one direction are numbered 1..n, as its counter says."""
    rows = HotlineMessage.objects.order_by().values_list("organisation", "direction")
    counted = {
        (organisation, direction): (count, last)
        for organisation, direction, count, last in rows.annotate(Count("pk"), Max("sequence"))
    }
    counters = HotlineCounter.objects.select_related("organisation").order_by("pk")
    told = {(one.organisation_id, one.direction): one for one in counters}
    problems = [
        _("%(unit)s的接口消息序号不连续。") % {"unit": one.organisation}
        for key, one in told.items()
        if counted.get(key, (0, 0)) != (one.last, one.last)
    ]
    return problems + [_("有接口消息没有序号登记。") for key in counted if key not in told]


@register("complaints.reconciliations-add-up")
def reconciliations_add_up() -> list[str]:
    """A day counts what its units count, and is equal only where no case differs."""
    wrong = []
    for run in Reconciliation.objects.annotate(count=Count("differences")).iterator():
        here = sum(row["here"]["count"] for row in run.units)
        there = sum(row["there"]["count"] for row in run.units)
        equal = run.state == Reconciliation.State.EQUAL
        if (here, there) != (run.here, run.there) or (equal and run.count):
            wrong.append(_("%(run)s的对账结果前后不一致。") % {"run": run})
    return wrong
