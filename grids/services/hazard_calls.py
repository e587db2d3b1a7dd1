"""Telling systems of either side where a hazard stands (see ``accounts.services.webhooks``)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Organisation, WebhookEndpoint
from accounts.scopes import Scope
from accounts.services import webhooks
from core import clock
from grids.hazards.moves import State
from grids.models import Hazard, HazardEvent, HazardReport

# Kind of call → its label, one for each state.
KINDS: dict[str, Any] = {
    "hazard.reported": gettext_lazy("隐患上报或者退回改派"),
    "hazard.graded": gettext_lazy("隐患已定级、派单"),
    "hazard.owned": gettext_lazy("隐患治理中"),
    "hazard.rectified": gettext_lazy("隐患已治理、待核验"),
    "hazard.verified": gettext_lazy("隐患已核验、待销号"),
    "hazard.closed": gettext_lazy("隐患已销号"),
    "hazard.dismissed": gettext_lazy("不予列入隐患"),
}


def call(
    hazard: Hazard, event: HazardEvent, *, but: Organisation | None = None, now: datetime
) -> None:
    """Call the systems of both sides that may read hazards, in the transaction of the move.

    ``but``: the unit whose own system did it. A number, kinds and days; never the place.
    """
    kind = f"hazard.{State(hazard.state).value}"
    on = clock.day_of(now)
    sides = [hazard.organisation, *([hazard.department] if hazard.department else [])]
    endpoints = [one for side in sides for one in WebhookEndpoint.objects.covering(side, on=on)]
    known = HazardReport.objects.filter(hazard=hazard).first() if endpoints else None
    for endpoint in {one.pk: one for one in endpoints}.values():
        if endpoint.organisation == but or (endpoint.kinds and kind not in endpoint.kinds):
            continue
        if not {Scope.HAZARDS_READ, Scope.HAZARDS_WRITE} & set(endpoint.client.scopes):
            continue
        own = known is not None and known.organisation_id == endpoint.organisation.pk
        webhooks.post(
            endpoint,
            kind=kind,
            key=f"hazard-event-{event.pk}",
            data={
                "number": known.number if own and known else "",
                "portal_number": hazard.number,
                "state": hazard.state,
                "kind": hazard.kind.code,
                "grade": hazard.grade.code if hazard.grade else "",
                "due_at": _moment(hazard.due_at),
                "at": _moment(event.at),
            },
            now=now,
        )


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(clock.ZONE).isoformat()
