"""Telling companies' systems what others did to their cases (see ``ledger`` and the outbox)."""

from __future__ import annotations

from accounts.models import WebhookEndpoint
from complaints.models import Case, CaseEvent
from complaints.scope import seen_from_company
from complaints.services import ledger
from complaints.services.doing import Doing
from complaints.workflow import Act
from core import clock

TRANSFERRED, URGED, SUPERVISED = "case.transferred", "case.urged", "case.supervised"
RETURNED, CLOSED = "case.returned", "case.closed"
KINDS: dict[Act, str] = {
    Act.TRANSFER: TRANSFERRED,
    Act.DISPATCH: TRANSFERRED,
    Act.ARBITRATE: TRANSFERRED,
    Act.URGE: URGED,
    Act.SUPERVISE: SUPERVISED,
    Act.REWORK: RETURNED,
    Act.REOPEN: RETURNED,
    Act.CLOSE: CLOSED,
    Act.WITHDRAW: CLOSED,
}
# What a company does within itself it knows.
FROM_OUTSIDE = {TRANSFERRED, CLOSED, RETURNED}


def call(doing: Doing, event: CaseEvent) -> None:
    """Call the systems of the company that has the case, in the transaction of the act."""
    kind, case = KINDS.get(doing.act), doing.case
    if kind is None or not case.holder.is_company:
        return
    if kind in FROM_OUTSIDE and not case.owner.is_regulator:
        return
    on = clock.day_of(doing.now)
    for endpoint in WebhookEndpoint.objects.covering(case.holder, on=on):
        if (not endpoint.kinds or kind in endpoint.kinds) and _concerns(endpoint, doing):
            ledger.send_out(
                endpoint, case, kind=kind, key=f"event-{event.pk}", at=doing.at, now=doing.now
            )


def _concerns(endpoint: WebhookEndpoint, doing: Doing) -> bool:
    """Whether the company may see the case, and did not do the act by its own system."""
    place, machine = endpoint.organisation, doing.actor.machine
    if machine is not None and machine.path.startswith(place.path):
        return False
    return Case.objects.filter(pk=doing.case.pk).filter(seen_from_company(place)).exists()
