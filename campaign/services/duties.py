"""The moves of one duty: open, submit, return, accept, assign, exempt, withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import notifications, workflow
from campaign.models import Duty, DutyExemption
from campaign.people import people_of
from core import audit, clock, outbox, sla
from core.errors import Conflict, Refused


def locked(duty: Duty) -> Duty:
    """The duty as it stands now, held until the end of the transaction."""
    return (
        Duty.objects.select_for_update(of=("self",))
        .select_related("organisation", "recipient", "definition__campaign__issuing_organisation")
        .get(pk=duty.pk)
    )


def move_duty(
    duty: Duty,
    move: workflow.Move,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
    **changes: Any,
) -> Duty:
    """Ask the workflow, write the new state where the old one still stands, leave a trace.

    Raises ``Refused`` with the reason, ``Conflict`` when somebody else was first.
    """
    if why_not := workflow.refusal(move, duty, by=by):
        raise Refused(why_not)
    if move.target is not None:
        changes["state"] = move.target
    before = duty.state
    if not Duty.objects.filter(pk=duty.pk, state=before).update(**changes):
        raise Conflict(_("该任务刚被他人办理，请刷新后再试。"))
    for field, value in changes.items():
        setattr(duty, field, value)
    audit.record(
        f"duty.{move.name}",
        duty,
        by=by,
        now=now,
        organisation=duty.organisation,
        reason=reason,
        **(details or {}),
    )
    return duty


def due_fields(due: sla.Due, *, now: datetime, basis: dict[str, Any]) -> dict[str, Any]:
    """The columns of a duty that a deadline fills."""
    return {
        "due_at": due.due_at,
        "due_provisional": due.provisional,
        "due_explanation": [dict(line) for line in due.explanation],
        "due_basis": basis,
        "due_set_at": now,
    }


@transaction.atomic
def open_duty(*, duty: Duty, now: datetime) -> Duty:
    """The day has come on which work on the duty may begin."""
    return move_duty(locked(duty), workflow.OPEN, by=None, now=now)


@transaction.atomic
def submit_duty(*, duty: Duty, by: User, now: datetime) -> Duty:
    """The organisation's filing went in; the first time decides whether it was late.

    Raises ``Refused`` (S1-5.1.3a, S1-5.2b, S1-5.4.1).
    """
    duty = locked(duty)
    first = {}
    if duty.first_submitted_at is None:
        first = {"first_submitted_at": now, "due_at_submission": duty.due_at}
    return move_duty(
        duty,
        workflow.SUBMIT,
        by=by,
        now=now,
        details={"late": now > duty.due_at},
        submitted_at=now,
        **first,
    )


@transaction.atomic
def return_duty(
    *,
    duty: Duty,
    new_due: sla.Due,
    by: User,
    now: datetime,
    reason: str = "",
    basis: dict[str, Any] | None = None,
) -> Duty:
    """The regulator sends the filing back with a new deadline; fresh reminders follow from it.

    ``basis`` may say what the deadline was computed from (``{"start", "value", "unit"}``), so that
    a calendar that arrives later can compute it again. Raises ``Refused``.
    """
    duty = locked(duty)
    return move_duty(
        duty,
        workflow.RETURN,
        by=by,
        now=now,
        reason=reason,
        details={"new_due_at": new_due.due_at.isoformat()},
        return_count=duty.return_count + 1,
        **due_fields(new_due, now=now, basis=basis or {}),
    )


@transaction.atomic
def accept_duty(*, duty: Duty, by: User, now: datetime) -> Duty:
    """The regulator takes the filing as complete. Raises ``Refused``."""
    return move_duty(locked(duty), workflow.ACCEPT, by=by, now=now, accepted_at=now)


@transaction.atomic
def assign(*, duty: Duty, department: str, person: User | None, by: User, now: datetime) -> Duty:
    """Name the responsible department and person (S1-4.1e).

    Raises ``Refused`` when the person does not work in the organisation of the duty.
    """
    duty = locked(duty)
    on = clock.day_of(now)
    if person is not None:
        working = duty.organisation.memberships.in_force(on=on).filter(user=person)
        if not person.is_active or not working.exists():
            raise Refused(
                _("%(person)s不在%(organisation)s任职，不能作为责任人。")
                % {"person": person.name, "organisation": duty.organisation.name}
            )
    newly = person is not None and person.pk != duty.responsible_person_id
    duty = move_duty(
        duty,
        workflow.ASSIGN,
        by=by,
        now=now,
        details={"department": department, "person": person.pk if person else None},
        responsible_department=department.strip(),
        responsible_person=person,
    )
    if newly and person is not None:
        outbox.post_all(notifications.assigned(duty, person, now=now), now=now)
    return duty


@transaction.atomic
def exempt(*, duty: Duty, reason: str, document_number: str, by: User, now: datetime) -> Duty:
    """Free the organisation from the duty. Raises ``Refused``."""
    require_words(reason, document_number)
    duty = move_duty(
        locked(duty),
        workflow.EXEMPT,
        by=by,
        now=now,
        reason=reason,
        details={"document_number": document_number},
    )
    DutyExemption.objects.create(
        duty=duty, reason=reason, approver=by, document_number=document_number, at=now
    )
    tell_party(duty, notifications.exempted, now=now)
    return duty


@transaction.atomic
def withdraw(*, duty: Duty, reason: str, by: User, now: datetime) -> Duty:
    """Take back a duty that was handed out by mistake. Raises ``Refused``."""
    if not reason.strip():
        raise Refused(_("请填写撤销理由。"))
    duty = move_duty(locked(duty), workflow.WITHDRAW, by=by, now=now, reason=reason)
    tell_party(duty, notifications.withdrawn, now=now)
    return duty


def require_words(reason: str, document_number: str) -> None:
    if not reason.strip() or not document_number.strip():
        raise Refused(_("请填写理由和批准文号。"))


def tell_party(duty: Duty, wording: Any, *, now: datetime) -> None:
    """Write to those in the organisation who act on the duty."""
    on = clock.day_of(now)
    people = {user.pk: user for user in people_of(duty.organisation, workflow.FILER, on=on)}
    if duty.responsible_person is not None:
        people[duty.responsible_person.pk] = duty.responsible_person
    for user in people.values():
        outbox.post_all(wording(duty, user, now=now), now=now)
