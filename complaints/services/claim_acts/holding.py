"""What every act on a claim does: hold it, ask who may, note it, tell the others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints import claim_letters as letters
from complaints.claim_refusals import not_responsible
from complaints.models import Case, CaseEvent, Claim, ClaimSignature
from complaints.services import acting
from complaints.services.acting import add_event
from complaints.workflow import DONE, State
from core import audit
from core.errors import Refused


def fresh(claim: Claim, case: Case) -> Claim:
    """The claim as it stands now, with its case as it was read."""
    related = ("grid", "department", "officer", "contact", "government_grid")
    found = Claim.objects.select_related(*related).get(pk=claim.pk)
    found.case = case
    return found


def held(claim: Claim) -> Claim:
    """The claim as it stands now, its case held until the end of the transaction."""
    return fresh(claim, acting.locked(claim.case))


def still_open(claim: Claim) -> None:
    """Raises ``Refused`` for one that has ended."""
    if claim.case.state in DONE:
        raise Refused(_("该诉求已经办结。"))


def mine(claim: Claim, by: User) -> None:
    """Raises ``Refused`` for whoever does not answer for it."""
    still_open(claim)
    if not works_for(by, Permission.CLAIM_HANDLE, claim.case.holder):
        raise Refused(_("由承办单位%(unit)s办理。") % {"unit": claim.case.holder})
    if claim.case.state == State.DISPATCHED:
        raise Refused(_("请先报到。"))
    if why_not := not_responsible(claim, by):
        raise Refused(why_not)


def side_of(claim: Claim, by: User) -> str:
    """For which side a person works; empty: for neither."""
    if works_for(by, Permission.CLAIM_HANDLE, claim.case.holder):
        return ClaimSignature.Side.COMPANY
    place = claim.department
    if place is not None and works_for(by, Permission.CLAIM_SEND, place):
        return ClaimSignature.Side.GOVERNMENT
    return ""


def sided(claim: Claim, by: User) -> tuple[str, Organisation]:
    """For which side a person works, and whose unit that is. Raises ``Refused``."""
    side = side_of(claim, by)
    if not side:
        raise Refused(_("由承办单位或者吹哨的政府网格办理。"))
    ours = side == ClaimSignature.Side.COMPANY
    place = claim.case.holder if ours or claim.department is None else claim.department
    return side, place


def noted(
    claim: Claim,
    kind: str,
    *,
    by: User | None,
    place: Organisation,
    now: datetime,
    text: str = "",
    told: bool = False,
    **details: Any,
) -> CaseEvent:
    """A line of the timeline and of the audit trail."""
    event = add_event(
        claim.case,
        kind,
        at=now,
        by=by,
        organisation=place,
        text=text,
        data=details,
        to_complainant=told,
    )
    Case.objects.filter(pk=claim.case_id).update(updated_at=now)
    audit.record(f"claim.{kind}", claim, by=by, now=now, organisation=place, **details)
    return event


def tell(claim: Claim, event: CaseEvent, label: str, *, by: User | None, now: datetime) -> None:
    letters.happened(claim, act=event.kind, label=label, sequence=event.sequence, by=by, now=now)
