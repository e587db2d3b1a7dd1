"""What must always be true of special groups; proved by ``manage.py verify``."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from core.invariants import register
from grids.models import SpecialConsent, SpecialEvent, SpecialHousehold


@register("grids.special-gone-is-gone")
def gone_is_gone() -> list[str]:
    """Of whoever withdrew, or left long ago, neither a signed form nor a word is kept."""
    scans = SpecialConsent.objects.filter(scan__isnull=False)
    words = SpecialEvent.objects.exclude(text="")
    left = Q(pk__in=scans.order_by().values("household"))
    left |= Q(pk__in=words.order_by().values("household"))
    found = SpecialHousehold.objects.filter(left, blanked_at__isnull=False).order_by("pk")
    return [
        _("特殊群体 {number} 的个人信息已经清除，仍留有同意书或者文字。").format(number=one.number)
        for one in found
    ]


@register("grids.special-consented")
def consented() -> list[str]:
    """Whoever is on the books agreed to it, and is shared as far as they agreed."""
    standing = SpecialHousehold.objects.standing().order_by("pk")
    agreed = SpecialConsent.objects.filter(ended_at__isnull=True).order_by()
    sharing = agreed.filter(shared=True)
    without = ~Q(pk__in=agreed.values("household"))
    beyond = Q(shared=True) & ~Q(pk__in=sharing.values("household"))
    return [
        _("特殊群体 {number} 没有与登记相符的同意。").format(number=one.number)
        for one in standing.filter(without | beyond)
    ]
