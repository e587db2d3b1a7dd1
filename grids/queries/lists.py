"""The list of power grids: what is asked, and the rows with who answers for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core import clock
from grids.models import Assignment, PowerGrid
from grids.queries import standing

NAMES = ("q", "unit", "region", "government")
VIEWS: dict[str, Any] = {
    "all": _("在用网格"),
    "mine": _("我负责的"),
    "vacant": _("没有网格经理"),
    "unpaired": _("没有对接政府网格"),
    "closed": _("已停用"),
}


@dataclass(frozen=True)
class Filters:
    """What of the grids in sight is asked for."""

    view: str = "all"
    q: str = ""
    unit: str = ""
    region: str = ""
    government: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        said = {name: params.get(name, "").strip()[:40] for name in NAMES}
        view = params.get("view", "")
        return cls(view=view if view in VIEWS else "all", **said)

    def found(self, user: User, *, now: datetime) -> Any:
        """Grids in sight that fit, without regard to the view."""
        rows = PowerGrid.objects.visible_to(user)
        if self.q:
            rows = rows.filter(standing.with_words(self.q))
        if self.region:
            rows = rows.filter(region__code=self.region)
        if self.unit:
            above = Organisation.objects.filter(code=self.unit).values_list("path", flat=True)
            path = above.first() or "-"
            rows = rows.filter(
                Q(enterprise__path__startswith=path) | Q(station__path__startswith=path)
            )
        if self.government:
            rows = rows.filter(pairings__government_grid__code=self.government).distinct()
        return rows

    def narrow(self, user: User, *, now: datetime, view: str = "") -> Any:
        """Those of the view."""
        rows, day = self.found(user, now=now), clock.day_of(now)
        view = view or self.view
        if view == "closed":
            return rows.filter(valid_until__lt=day)
        rows = rows.on(day)
        if view == "mine":
            mine = standing.grids_managed_by(user, at=now).order_by().values("pk")
            theirs = standing.partners(user, at=now).order_by().values("pk")
            return rows.filter(Q(pk__in=mine) | Q(pk__in=theirs))
        if view == "vacant":
            held = Assignment.objects.managers().at(now).order_by().values("power_grid")
            return rows.exclude(pk__in=held)
        if view == "unpaired":
            paired = PowerGrid.objects.filter(
                Q(pairings__valid_until__isnull=True) | Q(pairings__valid_until__gte=day),
                pairings__valid_from__lte=day,
            )
            return rows.exclude(pk__in=paired.order_by().values("pk"))
        return rows

    def query(self, **more: str) -> str:
        said = {name: getattr(self, name) for name in NAMES}
        return urlencode({k: v for k, v in {**said, "view": self.view, **more}.items() if v})


def url(**asked: str) -> str:
    """The list as it shows what is asked for."""
    return f"{reverse('grids:list')}?{urlencode(asked)}"
