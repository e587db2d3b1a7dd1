"""What must always be true of hazards and joint checks; proved by ``manage.py verify``."""

from __future__ import annotations

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext as _

from core.invariants import register
from grids.hazards.moves import DONE
from grids.models import Hazard, HazardPhoto, Patrol, PatrolKind


@register("grids.hazard-record")
def record() -> list[str]:
    """The record of a hazard has no gap."""
    counted = Hazard.objects.annotate(n=Count("events"), last=Max("events__sequence"))
    return [
        _("隐患 {number} 的办理记录不连续。").format(number=one.number)
        for one in counted.exclude(n=F("last")).order_by("number")
    ]


@register("grids.hazard-proof")
def proof() -> list[str]:
    """What was closed has its photo of afterwards, and its owners had accepted it."""
    after = HazardPhoto.objects.filter(hazard=OuterRef("pk"), proof=True)
    unowned = Q(company_owner__isnull=False, company_accepted_at__isnull=True) | Q(
        government_owner__isnull=False, government_accepted_at__isnull=True
    )
    closed = Hazard.objects.filter(state__in=DONE)
    wrong = closed.filter(~Exists(after) | unowned)
    return [
        _("隐患 {number} 没有治理后的照片或者没有认领就已销号。").format(number=one.number)
        for one in wrong.order_by("number")
    ]


@register("grids.joint-checks-signed")
def signed() -> list[str]:
    """A joint check that is done was filled in by one side and signed by the other."""
    done = Patrol.objects.filter(plan__kind=PatrolKind.JOINT, state=Patrol.State.DONE)
    wrong = done.filter(Q(filed_by__isnull=True) | Q(confirmed_by__isnull=True))
    return [
        _("联合排查 {title} 没有双方签署。").format(title=one.plan.title)
        for one in wrong.select_related("plan").order_by("pk")
    ]
