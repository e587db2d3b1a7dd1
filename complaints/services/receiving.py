"""Taking in cases: checked against the lists of the day, scanned, and never entered twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints import signals, text
from complaints.models import Case, CaseClock, CaseEvent, Procedure, Repair
from complaints.privacy import spoken
from complaints.procedure_definition import RECEIVED, Definition
from complaints.services import clocks, repairing
from complaints.services.matching_queue import later as matching_later
from complaints.services.records import REPAIR, Desk, Faulty, Record, problems, unusable
from complaints.workflow import DONE, State
from core import audit, bulk, clock, crypto
from core.errors import Conflict, Refused

PHONE, ACCOUNT = "case phone", "case account"


class Entered(NamedTuple):
    """A case that stands, whether it is new, and the clocks that run from now on if it is."""

    case: Case
    new: bool
    clocks: Sequence[CaseClock] = ()


def receive(
    record: Record,
    *,
    source: str,
    owner: Organisation,
    by: User | None,
    now: datetime,
) -> tuple[Case, bool]:
    """Enter a case; the same again changes nothing. Returns the case and whether it is new.

    ``by=None`` is a machine of the owner, whose right its door has checked. Raises ``Faulty`` with
    all mistakes, ``Conflict`` when the number came with other content before, ``Refused``.
    """
    desk = Desk()
    entered = enter(record, source=source, owner=owner, by=by, now=now, desk=desk)
    return entered.case, entered.new


def enter(
    record: Record,
    *,
    source: str,
    owner: Organisation,
    by: User | None,
    now: datetime,
    desk: Desk,
) -> Entered:
    """The same with a desk, telling also what began."""
    may_register(by, owner)
    if errors := dict(unusable(record)):
        raise Faulty(errors)
    digest = record.digest(source)
    try:
        coded = desk.coded(record, source=source)
        if errors := problems(coded, source=source, owner=owner, desk=desk, now=now):
            raise Faulty(errors)
        case, running = _begun(coded, source, owner, digest, desk, by=by, now=now)
    except Refused:
        # What came before came well, whatever is the rule today.
        if standing := _standing(owner, record, digest):
            return Entered(standing, False)
        raise
    with transaction.atomic(savepoint=False):
        # Nearly all are new: whether the number stands already is asked by writing it.
        if bulk.add(case, unless_standing=True):
            _follow(case, coded, running, by=by, now=now)
            return Entered(case, True, running)
    standing = _standing(owner, record, digest)
    assert standing is not None, "a number stands and cannot be found"
    return Entered(standing, False)


def may_register(by: User | None, owner: Organisation) -> None:
    """Raises ``Refused`` for a person who does not register cases for the owner."""
    if by is not None and not works_for(by, Permission.CASE_REGISTER, owner):
        raise Refused(_("您没有在%(owner)s登记诉求的权限。") % {"owner": owner.name})


def _standing(owner: Organisation, record: Record, digest: str) -> Case | None:
    standing = Case.objects.filter(owner=owner, number=record.number.strip()).first()
    if standing is not None and standing.digest != digest:
        raise Conflict(other_content(record.number))
    return standing


def other_content(number: str) -> str:
    """Why a number cannot be used again."""
    return _("编号%(number)s已用于内容不同的诉求。") % {"number": number}


def _begun(
    record: Record,
    source: str,
    owner: Organisation,
    digest: str,
    desk: Desk,
    *,
    by: User | None,
    now: datetime,
) -> tuple[Case, list[CaseClock]]:
    """A case and its clocks, not written yet."""
    values = values_of(record, source=source, owner=owner, digest=digest, desk=desk, by=by, now=now)
    case = Case(**values)
    # What is known already need not be read again by whoever looks at the case.
    case.owner = case.holder = case.answerable = owner
    case.procedure = desk.book.procedure(case.procedure_id)
    if record.organisation:
        on = clock.day_of(record.received_at)
        case.organisation = desk.organisation(record.organisation, on=on)
    repaired = repairing.acts_of(record)
    if case.state in DONE and not repaired:
        return case, []
    rules, calendar = desk.book.rules(case.procedure_id), desk.calendar(case.received_at)
    running = clocks.from_receipt(case, rules, calendar=calendar, happened=repaired, make=CaseClock)
    return case, running


def _follow(
    case: Case, record: Record, running: Sequence[CaseClock], *, by: User | None, now: datetime
) -> None:
    """Everything that is written with a new case."""
    if repair := repairing.row_of(record):
        bulk.add(Repair(case=case, **repair))
    for one in running:
        one.case = case
    bulk.add(*running)
    event = CaseEvent(
        case=case,
        sequence=1,
        kind=RECEIVED,
        at=case.received_at,
        by=by,
        organisation=case.owner,
    )
    bulk.add(event)
    details = {"source": case.source, "nature": case.nature}
    audit.record("case.receive", case, by=by, now=now, organisation=case.owner, **details)
    matching_later([case], now=now)
    if case.state == State.CLOSED:
        signals.cases_closed.send(Case, keys=[case.pk], now=now)


def values_of(
    record: Record,
    *,
    source: str,
    owner: Organisation,
    digest: str,
    desk: Desk,
    by: User | None,
    now: datetime,
) -> dict[str, Any]:
    """The row of a case as plain values by attribute. Raises ``Refused`` without a procedure."""
    procedure = procedure_for(record, source=source, owner=owner, desk=desk)
    on = clock.day_of(record.received_at)
    organisation = desk.organisation(record.organisation, on=on) if record.organisation else None
    region = desk.region(record.region) if record.region else None
    rules = desk.book.rules(procedure.pk)
    shown = spoken(record.content, record)
    return dict(
        number=record.number.strip(),
        source=source,
        procedure_id=procedure.pk,
        state=record.state or rules.start,
        owner_id=owner.pk,
        holder_id=owner.pk,
        answerable_id=owner.pk,
        organisation_id=getattr(organisation, "pk", None),
        region_id=region.pk if region else getattr(organisation, "region_id", None),
        accepted=True if rules.accepted and record.accepted is None else record.accepted,
        content=shown,
        content_full=record.content if shown != record.content else "",
        phone_index=crypto.blind_index(record.complainant_phone, context=PHONE),
        account_index=crypto.blind_index(record.account_no, context=ACCOUNT),
        grams=text.grams(record.number, shown, getattr(organisation, "name", "")),
        digest=digest,
        created_at=now,
        created_by_id=getattr(by, "pk", None),
        updated_at=now,
        **{name: getattr(record, name) for name in COPIED},
    )


COPIED = {one.name for one in fields(Record)} - {
    *("number", "state", "organisation", "region", "content", "accepted", *REPAIR)
}


def procedure_for(record: Record, *, source: str, owner: Organisation, desk: Desk) -> Procedure:
    """What a case will follow. Raises ``Refused`` without a procedure, ``Faulty`` for a state that
    it does not have."""
    on = clock.day_of(record.received_at)
    organisation = desk.organisation(record.organisation, on=on) if record.organisation else None
    place = owner if owner.is_company else organisation
    procedure = desk.book.choose(source, record.nature, place, on=on)
    _check_state(record, desk.book.rules(procedure.pk))
    return procedure


def _check_state(record: Record, rules: Definition) -> None:
    if record.state and (record.state not in rules.states or record.state == "merged"):
        raise Faulty({"state": _("状态“%(state)s”不在办理程序中。") % {"state": record.state}})
