"""Cases that belong together: linked or merged by a person, and taken apart again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import Case, CaseClock, CaseLink
from complaints.procedures import definition_of
from complaints.services import clocks
from complaints.services.acting import add_event, locked
from complaints.services.secrecy import chain_of, may_know
from complaints.workflow import DONE, REPORT, TICKING, State
from core import audit, workdays
from core.errors import Conflict, Refused

STANDING = (CaseLink.State.PROPOSED, CaseLink.State.CONFIRMED)
KEPT = ("state", "accepted", "outcome", "holder_id", "answerable_id", "responsible_id")


@transaction.atomic
def link(a: Case, b: Case, *, kind: str, by: User, now: datetime) -> CaseLink:
    """Tie two cases together. Raises ``Refused``."""
    _ask(a, b, by)
    if CaseLink.objects.filter(a=a, b=b, kind=kind, state__in=STANDING).exists():
        raise Refused(_("两件诉求已经关联。"))
    made = CaseLink.objects.create(
        a=a, b=b, kind=CaseLink.Kind(kind), state=CaseLink.State.CONFIRMED, by=by, at=now
    )
    _noted("case.link", a, b, by=by, now=now, link=kind)
    return made


@transaction.atomic
def answer(proposal: CaseLink, *, right: bool, by: User, now: datetime) -> CaseLink:
    """Confirm or reject a proposed link. Raises ``Conflict`` when it was answered already."""
    a, b = _held(proposal)
    _ask(a, b, by)
    state = CaseLink.State.CONFIRMED if right else CaseLink.State.REJECTED
    waiting = CaseLink.objects.filter(pk=proposal.pk, state=CaseLink.State.PROPOSED)
    if not waiting.update(state=state, by=by, at=now):
        raise Conflict(_("该关联建议已经处理。"))
    if right:
        _told(a, b, "link", by=by, now=now)
        Case.objects.filter(pk__in=(a.pk, b.pk)).update(updated_at=now)
    _noted("case.link.answer", a, b, by=by, now=now, right=right)
    proposal.refresh_from_db()
    return proposal


@transaction.atomic
def take_back(answered: CaseLink, *, by: User, now: datetime) -> CaseLink:
    """Let a proposal wait again that somebody confirmed or rejected. Raises ``Conflict``."""
    a, b = _held(answered)
    _ask(a, b, by)
    proposed = CaseLink.objects.filter(
        pk=answered.pk,
        score__isnull=False,
        state__in=(CaseLink.State.CONFIRMED, CaseLink.State.REJECTED),
    )
    was = proposed.values_list("state", flat=True).first()
    if not proposed.update(state=CaseLink.State.PROPOSED, by=None, at=now):
        raise Conflict(_("该关联建议尚未处理，或者已经撤销。"))
    if was == CaseLink.State.CONFIRMED:
        _told(a, b, "unlink", by=by, now=now)
        Case.objects.filter(pk__in=(a.pk, b.pk)).update(updated_at=now)
    _noted("case.link.back", a, b, by=by, now=now, was=was)
    answered.refresh_from_db()
    return answered


def _held(between: CaseLink) -> tuple[Case, Case]:
    """Both cases, held in one order, so that two people cannot wait for each other."""
    held = {pk: locked(Case(pk=pk)) for pk in sorted((between.a_id, between.b_id))}
    return held[between.a_id], held[between.b_id]


@transaction.atomic
def merge(case: Case, *, into: Case, by: User, now: datetime) -> CaseLink:
    """Let a duplicate be handled with another case; nothing of it is lost. Raises ``Refused``."""
    first, second = sorted((case.pk, into.pk))
    held = {pk: locked(Case(pk=pk)) for pk in (first, second)}
    case, into = held[case.pk], held[into.pk]
    _ask(case, into, by)
    if why_not := merge_refusal(case, into):
        raise Refused(why_not)
    before = {name: getattr(case, name) for name in KEPT}
    ticking = case.clocks.filter(state__in=TICKING)
    before["clocks"] = {str(pk): state for pk, state in ticking.values_list("pk", "state")}
    made = CaseLink.objects.create(
        a=case,
        b=into,
        kind=CaseLink.Kind.MERGE,
        state=CaseLink.State.CONFIRMED,
        before=before,
        by=by,
        at=now,
    )
    case.state = State.MERGED
    calendar = workdays.calendar(now=now)
    for clock in ticking:
        clocks.end(clock, at=now, calendar=calendar, void=True)
    Case.objects.filter(pk=case.pk).update(
        state=State.MERGED, merged_into=into, due_at=None, updated_at=now
    )
    _told(case, into, "merge", by=by, now=now)
    case.refresh_from_db()
    return made


def merge_refusal(case: Case, into: Case) -> str:
    """Why one case cannot be merged into another; empty when it can."""
    if case.pk == into.pk:
        return _("不能并入自身。")
    if case.owner_id != into.owner_id:
        return _("只能并入同一首接单位的诉求。")
    # Into a case that is over nobody would handle it any more.
    if case.state in DONE or into.state in DONE:
        return _("只有在办的诉求可以并案。")
    if (case.nature == REPORT) != (into.nature == REPORT):
        return _("举报不能与其他诉求并案。")
    return ""


@transaction.atomic
def undo(made: CaseLink, *, by: User, now: datetime) -> CaseLink:
    """Take a link apart; a merged case goes on where it stood, its clocks as if never stopped.

    Raises ``Refused``, ``Conflict`` when the link stands no more.
    """
    case = locked(made.a)
    _ask(case, made.b, by)
    if made.kind == CaseLink.Kind.APPEAL:
        raise Refused(_("申诉与原诉求的关联不能撤销。"))
    standing = CaseLink.objects.filter(pk=made.pk, state__in=STANDING)
    if not standing.update(state=CaseLink.State.UNDONE, by=by, at=now):
        raise Conflict(_("该关联已经撤销。"))
    if made.kind == CaseLink.Kind.MERGE:
        _bring_back(case, made.before, now)
    _told(case, made.b, "unlink", by=by, now=now)
    made.refresh_from_db()
    return made


def _bring_back(case: Case, before: dict[str, Any], now: datetime) -> None:
    rules, calendar = definition_of(case.procedure), workdays.calendar(now=now)
    for pk, state in before["clocks"].items():
        clock = CaseClock.objects.get(pk=pk)
        clock.state, clock.stopped_at = state, None
        if state == "paused":
            clock.pauses.filter(end=clock.pauses.latest("start").end).update(end=None)
        else:
            clock.next_step_at = clocks.next_step(
                rules.clocks[clock.code], clock, after=now, calendar=calendar
            )
        clock.save()
    clocks.refresh(case)
    kept = {name: before[name] for name in KEPT}
    Case.objects.filter(pk=case.pk).update(
        **kept, merged_into=None, due_at=case.due_at, updated_at=now
    )


def may_link(case: Case, user: User) -> bool:
    """Whether the person works for whoever received the case, or supervises whoever has it."""
    mine = works_for(user, Permission.CASE_DECIDE, case.owner)
    return mine or user.may(Permission.CASE_SUPERVISE, case.holder)


def _ask(a: Case, b: Case, by: User) -> None:
    for case in (a, b):
        if not may_link(case, by):
            raise Refused(_("关联由首接单位或监管机构办理。"))
    if a.pk == b.pk:
        raise Refused(_("不能与自身关联。"))


def _told(case: Case, other: Case, what: str, *, by: User, now: datetime) -> None:
    for one, counterpart in ((case, other), (other, case)):
        add_event(
            one,
            what,
            at=now,
            by=by,
            organisation=case.owner,
            data={"number": counterpart.number},
            to_company=may_know(one, [counterpart.pk]),
        )
    _noted(f"case.{what}", case, other, by=by, now=now)


def _noted(kind: str, case: Case, other: Case, *, by: User, now: datetime, **more: Any) -> None:
    house = chain_of(case, [other.pk], now=now)
    audit.record(kind, case, by=by, now=now, organisation=house, to=other.pk, **more)
