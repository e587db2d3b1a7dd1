"""What an issued circular had wrong is put right by a paper of its own: a correction, a withdrawal.

The first stays as it was signed. Source: campaign plan 二(二)2 (S1-2.2.2h): proven cases are
circulated, so what is disproved after it went out must not stand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import Case
from core import audit
from core.errors import Conflict, Refused
from reporting import withdrawals
from reporting.circular_kinds import Said, said_in
from reporting.circulars import LONGEST, persons_in
from reporting.models import Circular, CircularRedress, CircularVersion
from reporting.models.circular import WITHDRAWAL
from reporting.services import circular_printing as printing
from reporting.services import circulars
from reporting.services.reports.common import noted, reasoned
from reporting.withdrawals import Withdrawal
from reporting.workflow import circular as workflow
from reporting.workflow.report import Move

if TYPE_CHECKING:
    from accounts.models import User

MARK = "（更正）"
Act = CircularRedress.Act
NOTES = {Act.CORRECT: _("更正说明"), Act.WITHDRAW: _("撤销原因")}
MOVES: dict[str, Move] = {Act.CORRECT: workflow.CORRECT, Act.WITHDRAW: workflow.WITHDRAW}


def correct(*, circular: Circular, note: str, occasion: str, by: User, now: datetime) -> Circular:
    """Begin a correction with the words, cases and addressees of the circular that it puts right.

    The same occasion gives the same correction. Raises ``Refused``.
    """
    note = noted(note)
    first = circulars.desk.current(circular)
    content: Any = said_in(first)
    if first.form != WITHDRAWAL:
        content = replace(content, note=note)
    cases = list(first.cases.all())
    title = _marked(first.title)
    return _begin(Act.CORRECT, first, title, content, cases, occasion=occasion, by=by, now=now)


def _marked(title: str) -> str:
    if title.endswith(MARK):
        return title
    room = LONGEST["title"] - len(MARK)
    return f"{title if len(title) <= room else title[: room - 1] + '…'}{MARK}"


def withdraw(
    *, circular: Circular, reason: str, occasion: str, by: User, now: datetime
) -> Circular:
    """Begin the paper that withdraws a circular, with the reason. It tells no case.

    The same occasion gives the same withdrawal. Raises ``Refused``.
    """
    content = Withdrawal(reasoned(reason), withdrawals.FOLLOWS)
    first = circulars.desk.current(circular)
    title = withdrawals.title_of(printing.cited(first), LONGEST["title"])
    return _begin(Act.WITHDRAW, first, title, content, [], occasion=occasion, by=by, now=now)


def _begin(
    act: str,
    first: Circular,
    title: str,
    content: Said,
    cases: list[Case],
    *,
    occasion: str,
    by: User,
    now: datetime,
) -> Circular:
    """Enter it with its first version, unless it was begun on this occasion already."""
    key = f"{act}-{first.pk}:{occasion}"
    if found := _begun(key, by):
        return found
    circulars.desk.check(first, MOVES[act], by=by)
    # Of the words that are taken over nothing is asked yet: what is wrong in them may be what is
    # to be put right, and is asked for when they are edited and issued.
    if wrong := list(persons_in(str(NOTES[act]), content.note, circulars.concerned(first))):
        raise Refused("\n".join(wrong))
    companies = list(first.addressees.order_by("path"))
    about = printing.about(first)[: 1 if act == Act.CORRECT else None]
    heads = printing.heads_for(first.organisation, title, companies, now, about=about)
    printed = printing.print_out(content, heads)
    with transaction.atomic():
        # Pressed twice at once: the second finds the first one's row.
        first = circulars.desk.lock(first)
        if found := _begun(key, by):
            return found
        circulars.desk.check(first, MOVES[act], by=by)
        begun = Circular.objects.create(
            organisation=first.organisation,
            title=title,
            public=first.public,
            kind=first.kind,
            first_day=first.first_day,
            last_day=first.last_day,
            region=first.region,
            occasion=key,
            created_by=by,
            created_at=now,
        )
        CircularRedress.objects.create(circular=begun, act=act, first=first, root_id=first.root_pk)
        begun.addressees.set(companies)
        begun.cases.set(cases)
        printing.keep(begun, printed, number=1, by=by, now=now)
        audit.record(
            f"circular.{act}",
            begun,
            by=by,
            now=now,
            reason=content.note,
            first=first.document_number,
        )
    return begun


def _begun(key: str, by: User) -> Circular | None:
    """What the same person began on the same occasion."""
    return Circular.objects.filter(occasion=key, created_by=by).first()


def edit_withdrawal(
    *,
    circular: Circular,
    seen: int,
    reason: str,
    demands: str,
    public: bool,
    by: User,
    now: datetime,
) -> CircularVersion:
    """Keep other words of a withdrawal as the next version. Raises ``Refused``, ``Conflict``."""
    circular = circulars.editable(circular, WITHDRAWAL, by=by)
    content = Withdrawal(reasoned(reason), demands.strip())
    return circulars.revise(circular, content, seen=seen, public=public, by=by, now=now)


@transaction.atomic
def drop(*, circular: Circular, by: User, now: datetime) -> Circular:
    """Take the draft of a correction or withdrawal away; the one that it names is free again.

    Answers that one. Raises ``Refused``.
    """
    if not Circular.objects.filter(pk=circular.pk).exists():
        raise Conflict(circulars.desk.busy)
    circular = circulars.desk.lock_for(circular, workflow.DROP, by=by)
    first = circular.redress.first
    version = circular.current_version
    audit.record(
        "circular.drop",
        circular,
        by=by,
        now=now,
        title=circular.title,
        first=first.document_number,
        version=version.number,
        digest=version.digest,
    )
    # Its versions go with it, and the current one is held by it.
    circular.current_version = None
    circular.save(update_fields=["current_version"])
    circular.delete()
    return first
