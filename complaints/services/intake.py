"""Cases entered by hand at a desk: each form is taken once, however often it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from complaints.models import Case, CaseAttachment, Intake
from complaints.services.records import Record
from complaints.services.registering import register
from core import crypto
from core.errors import Refused
from core.files import Received

# A browser that goes back may load a fresh form and put the old words into it.
LATELY = timedelta(hours=1)
# Begins the mark of a form whose sender was asked whether another case is meant.
_ASKED = "asked."


class Registered(Refused):
    """A case was entered before; whoever sends the form is asked whether another one is meant."""

    def __init__(self, case: Case) -> None:
        words = {"number": case.number}
        super().__init__(
            _("此前已登记诉求%(number)s。如确需另行登记，请核对后再次点击“登记”。") % words
        )


def new_ticket(*, asked: bool = False) -> str:
    """A fresh mark for a form; ``asked`` where its sender knows of the case entered before."""
    return (_ASKED if asked else "") + secrets.token_urlsafe(16)


def enter(
    record: Record,
    *,
    ticket: str,
    source: str,
    owner: Organisation,
    by: User,
    now: datetime,
    received: Collection[Received] = (),
    kind: str = CaseAttachment.Kind.OTHER,
) -> tuple[Case, bool]:
    """Enter what a form holds. Returns the case and whether this sending of the form made it.

    Raises ``Registered`` when the form made a case with other content, or when the same person
    entered the same in the last hour; otherwise as ``register`` does.
    """
    mark = crypto.blind_index(f"{by.pk} {ticket}", context="case intake") if ticket else ""
    if before := _before(mark):
        return _unchanged(before, record, source), False
    if not ticket.startswith(_ASKED) and (twin := _twin(record, source, owner, by, now)):
        # The twin may be this very form: another press of it landed since the look before.
        if before := _before(mark):
            return _unchanged(before, record, source), False
        raise Registered(twin)
    try:
        with transaction.atomic():
            case = register(
                record, source=source, owner=owner, by=by, now=now, received=received, kind=kind
            )
            if mark:
                Intake.objects.create(case=case, ticket=mark, at=now)
    except IntegrityError:
        # The button was pressed twice: the other press won.
        if before := _before(mark):
            return _unchanged(before, record, source), False
        raise
    return case, True


def _before(mark: str) -> Case | None:
    found = Intake.objects.filter(ticket=mark).select_related("case").first() if mark else None
    return found.case if found is not None else None


def _unchanged(case: Case, record: Record, source: str) -> Case:
    if replace(record, number=case.number).digest(source) != case.digest:
        raise Registered(case)
    return case


def _twin(record: Record, source: str, owner: Organisation, by: User, now: datetime) -> Case | None:
    """A case that the person entered lately with the same words; the minute may differ."""
    if record.number.strip():
        return None
    lately = Case.objects.filter(
        owner=owner, source=source, created_by=by, created_at__gt=now - LATELY
    )
    for case in lately.order_by("-pk")[:200]:
        same = replace(record, number=case.number, received_at=case.received_at)
        if same.digest(source) == case.digest:
            return case
    return None
