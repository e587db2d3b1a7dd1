"""What must always be true of business passed on; proved by ``manage.py verify``."""

from __future__ import annotations

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core.invariants import register
from grids.business.moves import DONE, OPEN, State
from grids.models import BusinessRequest, BusinessStep


@register("grids.business-one-step")
def one_step() -> list[str]:
    """An open request has one step that runs; a finished one has none that is not done."""
    running = Q(steps__started_at__isnull=False, steps__done_at__isnull=True)
    rows = BusinessRequest.objects.annotate(
        running=Count("steps", filter=running), left=Count("steps", filter=Q(steps__done_at=None))
    )
    wrong = rows.filter(Q(state__in=OPEN) & ~Q(running=1) | Q(state__in=DONE) & Q(left__gt=0))
    return [
        _("涉电业务 {number} 的环节与状态不一致。").format(number=one.number)
        for one in wrong.order_by("number")
    ]


@register("grids.business-due")
def due() -> list[str]:
    """The deadline of a request is that of the step that runs; none where nothing runs or the
    customer has to bring something."""
    step = BusinessStep.objects.filter(
        request=OuterRef("pk"), started_at__isnull=False, done_at__isnull=True
    )
    rows = BusinessRequest.objects.annotate(step_due=Subquery(step.values("due_at")[:1]))
    ticking = Q(state__in=(State.PASSED_ON, State.IN_PROGRESS))
    same = Q(due_at=F("step_due")) | Q(due_at__isnull=True, step_due__isnull=True)
    wrong = rows.filter(ticking & ~same | ~ticking & Q(due_at__isnull=False))
    return [
        _("涉电业务 {number} 的当前时限不正确。").format(number=one.number)
        for one in wrong.order_by("number")
    ]


@register("grids.business-record")
def record() -> list[str]:
    """The record of a request has no gap."""
    counted = BusinessRequest.objects.annotate(n=Count("events"), last=Max("events__sequence"))
    return [
        _("涉电业务 {number} 的办理记录不连续。").format(number=one.number)
        for one in counted.exclude(n=F("last")).order_by("number")
    ]
