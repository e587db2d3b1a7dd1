"""A rule that is entered late: which open cases it should have governed, and what moves if it does.

A version is in force from a day on. Where it is entered after that day, cases came in
meanwhile and follow the older rule. They are shown with every deadline before and after; nothing
moves until whoever leads where the case was received says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import Case, CaseClock, CaseEvent, Procedure, Supervision
from complaints.procedure_definition import Definition
from complaints.procedure_definition import Move as Step
from complaints.procedures import Book, definition_of
from complaints.services import clocks
from complaints.services.acting import add_event, locked
from complaints.workflow import CLAIM, TICKING, Act, ClockState, Side
from core import audit, clock, workdays
from core.errors import Conflict, Refused
from core.workdays import WorkCalendar

# Shown and moved at one go.
MOST = 200
RELATED = ("procedure", "owner", "holder", "organisation")


@dataclass
class Move:
    """One case under the other rule: its deadlines before and after, or why it cannot follow it."""

    case: Case
    clocks: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    refusal: str = ""

    @property
    def moved(self) -> bool:
        return any(before != after for _label, before, after in self.clocks)


def governed(procedure: Procedure, cases: Any) -> Iterator[Case]:
    """Open cases that follow another procedure, though this one applies to them."""
    found = cases.open().filter(
        source__in=procedure.sources, received_at__gte=clock.at(procedure.valid_from)
    )
    if procedure.valid_until is not None:
        end = clock.at(procedure.valid_until + timedelta(days=1))
        found = found.filter(received_at__lt=end)
    if procedure.natures:
        found = found.filter(nature__in=procedure.natures)
    book = Book()
    ordered = found.exclude(procedure=procedure).select_related(*RELATED).order_by("pk")
    for case in ordered.iterator(chunk_size=500):
        if _chosen(book, case) == procedure:
            yield case


def _chosen(book: Book, case: Case) -> Procedure | None:
    # Claims follow their own, which no source chooses.
    if case.procedure.code == CLAIM:
        return None
    on = clock.day_of(case.received_at)
    about = case.owner if case.owner.is_company else case.organisation
    try:
        return book.choose(case.source, case.nature, about, on=on)
    except Refused:
        return None


def preview(procedure: Procedure, cases: Any, *, now: datetime) -> tuple[list[Move], int]:
    """What would move, the first of them in full; and how many cases there are in all."""
    rules, calendar = definition_of(procedure), workdays.calendar(now=now)
    found = list(governed(procedure, cases))
    return [_moved(case, rules, calendar) for case in found[:MOST]], len(found)


def _moved(case: Case, rules: Definition, calendar: WorkCalendar) -> Move:
    move = Move(case, refusal=_refusal(case, rules))
    if not move.refusal:
        for one in case.clocks.filter(state__in=TICKING):
            before = one.due_at
            _under(one, case, rules, calendar)
            move.clocks.append((rules.clocks[one.code].shown, before, one.due_at))
    return move


def _refusal(case: Case, rules: Definition) -> str:
    """Why a case cannot go on under other rules; empty when it can."""
    if case.state not in rules.states:
        return _("新程序没有该诉求现在的状态，只能按原程序办完。")
    if any(code not in rules.clocks for code in case.clocks.values_list("code", flat=True)):
        return _("新程序没有该诉求已有的时限，只能按原程序办完。")
    if not any(_leads_on(move, case) for move in rules.moves.values()):
        return _("按新程序，该诉求现在的承办单位不能继续办理，只能按原程序办完。")
    return _left_standing(case, rules)


def _leads_on(move: Step, case: Case) -> bool:
    """Whether the case can go on by a move, and somebody is there to do it."""
    onward = move.target and move.act != Act.WITHDRAW and case.state in move.sources
    return bool(onward) and (move.side != Side.HOLDER or case.holder.is_company)


def _left_standing(case: Case, rules: Definition) -> str:
    """What could never be ended any more by other rules."""

    def possible(act: Act) -> bool:
        return act in rules.moves and case.state in rules.moves[act].sources

    waits = Supervision.objects.waiting().filter(case=case).exists()
    if waits and not possible(Act.ANSWER_SUPERVISION):
        return _("新程序没有督办反馈环节，请先反馈督办。")
    paused = case.clocks.filter(state=ClockState.PAUSED).values_list("code", flat=True)
    if any(not rules.clocks[code].pausable or not possible(Act.RESUME) for code in paused):
        return _("新程序不能恢复已暂停的时限，请先恢复计时。")
    return ""


def _under(one: CaseClock, case: Case, rules: Definition, calendar: WorkCalendar) -> None:
    """The clock as it runs by other rules; not saved."""
    rule = rules.clocks[one.code]
    value, unit = rule.allowance.of(case)
    one.allowance, one.basis = {"value": value, "unit": unit}, rule.basis
    clocks.reckon(one, calendar)


@transaction.atomic
def follow(case: Case, procedure: Procedure, *, by: User, now: datetime) -> Case:
    """Let a case go on under the procedure that applies to it. Raises ``Refused``, ``Conflict``."""
    case = locked(case)
    if not works_for(by, Permission.CASE_APPROVE, case.owner):
        raise Refused(_("适用新程序由首接单位负责人批准。"))
    if not case.is_open or _chosen(Book(), case) != procedure or case.procedure == procedure:
        raise Conflict(_("该诉求刚被他人办理，请刷新后再试。"))
    rules, calendar = definition_of(procedure), workdays.calendar(now=now)
    if why_not := _refusal(case, rules):
        raise Refused(why_not)
    old = case.procedure
    for one in case.clocks.filter(state__in=TICKING):
        _under(one, case, rules, calendar)
        if one.state == ClockState.RUNNING:
            rule = rules.clocks[one.code]
            one.next_step_at = clocks.next_step(rule, one, after=now, calendar=calendar)
        one.save()
    clocks.refresh(case)
    Case.objects.filter(pk=case.pk).update(procedure=procedure, due_at=case.due_at, updated_at=now)
    names = {"old": f"{old.code}/{old.version}", "new": f"{procedure.code}/{procedure.version}"}
    add_event(case, CaseEvent.RERULED, at=now, by=by, organisation=case.owner, data=names)
    audit.record("case.rerule", case, by=by, now=now, organisation=case.owner, **names)
    case.procedure = procedure
    return case
