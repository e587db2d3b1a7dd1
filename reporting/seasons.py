"""What happened in a season that a phase is combined with: ordered use and outages (S1-5.3b)."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign import seasons
from campaign.evidence import Evidence
from campaign.models import PhaseSeason
from campaign.seasons import Happening, Told
from core import clock
from reporting.models import OutageNotice
from reporting.queries.executions import CUT, HOMES, RowFilters
from reporting.queries.outages import Filters
from reporting.workflow.activation import State

# So many of the last events are named; the figure opens them all.
MOST = 10
LAMPS = {
    State.ANNOUNCED: "near",
    State.ACTIVE: "late",
    State.RELEASED: "ok",
    State.REPORTED: "done",
}


def ordered_use(season: PhaseSeason, user: User, today: date) -> Told:
    """Events of ordered use in the season, and what of them struck residents."""
    if not user.can(Permission.FILING_VIEW):
        return Told()
    filters = RowFilters.of(_days(season, today))
    events = filters.events(user)
    rows = [
        Evidence(
            _("有序用电事件"),
            events.count(),
            f"{reverse('reporting:activations')}?{filters.query()}",
        )
    ]
    for only, label in ((CUT, _("拉闸条次")), (HOMES, _("影响居民户的执行记录"))):
        narrowed = filters.with_(only=only)
        n = narrowed.rows(user).count()
        rows.append(Evidence(label, n, narrowed.url(), tone="late" if n else ""))
    last = events.select_related("organisation").order_by("-announced_at", "-pk")[:MOST]
    return Told(
        tuple(rows),
        tuple(
            Happening(
                _("%(unit)s %(grade)s级") % {"unit": one.organisation, "grade": one.grade},
                reverse("reporting:activation", args=[one.pk]),
                clock.written(one.announced_at),
                LAMPS[State(one.state)],
                State(one.state).label,
            )
            for one in last
        ),
    )


def outages(season: PhaseSeason, user: User, today: date) -> Told:
    """Outages of the season by shortage and by faults."""
    if not user.can(Permission.OUTAGE_VIEW):
        return Told()
    seen, found = OutageNotice.objects.visible_to(user), []
    for kind, label in (("ordered_use,shortage", _("因供电不足停限电")), ("fault", _("故障停电"))):
        filters = Filters.of({**_days(season, today), "kind": kind})
        found.append(Evidence(label, filters.narrow(seen).count(), filters.url()))
    return Told(tuple(found))


def _days(season: PhaseSeason, today: date) -> dict[str, str]:
    until = max(season.starts_on, min(season.ends_on, today))
    return {"since": season.starts_on.isoformat(), "until": until.isoformat()}


def register() -> None:
    """Let the campaign's pages ask."""
    seasons.register("ordered_use", ordered_use)
    seasons.register("outages", outages)
