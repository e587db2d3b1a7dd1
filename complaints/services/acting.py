"""Every act on a case: lock, ask the procedure, write, leave a trace, tell whom it concerns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.staff import people_of
from complaints import asks, notifications, signals
from complaints.models import Case, CaseEvent
from complaints.procedure_definition import KEEPS_STATE
from complaints.procedures import definition_of
from complaints.refusals import Actor, refusal
from complaints.services import calling, claim_effects, clocks
from complaints.services.doing import Doing
from complaints.services.effects import EFFECTS
from complaints.workflow import CLAIM, REPORT, Act, State, keeps_secret
from core import audit, clock, outbox
from core.errors import Conflict, Refused
from core.locking import held


@transaction.atomic
def act(
    case: Case,
    what: Act | str,
    *,
    by: User | None,
    now: datetime,
    at: datetime | None = None,
    machine: Organisation | None = None,
    seen_state: str = "",
    seen_event: int | None = None,
    external_id: str = "",
    author: str = "",
    own_words: bool = False,
    **answers: Any,
) -> Case:
    """Do something with a case, as its procedure allows.

    ``at`` is when it happened, where a message comes later. ``machine`` is whose system acts where
    no person does, ``author`` who did it there. ``seen_state`` is the state that the person saw,
    ``seen_event`` the last line of the timeline then.
    ``own_words``: the text is the complainant's own. Raises ``Refused`` with the reason,
    ``Conflict`` when somebody else was first.
    """
    case = locked(case)
    what = Act(what)
    if external_id and case.events.filter(external_id=external_id).exists():
        return case
    if seen_state and seen_state != case.state:
        words = {"state": State(case.state).label}
        raise Conflict(_("该诉求刚被他人办理，现在“%(state)s”，请刷新后再试。") % words)
    refuse_again(case, what, by=by, seen_event=seen_event)
    actor = Actor(by, machine)
    if why_not := refusal(case, what, actor, now=now):
        raise Refused(why_not)
    at = _moment(case, at, now)
    on = clock.day_of(case.received_at)
    complete = asks.checked(what, answers, nature=case.nature, on=on)
    doing = Doing(case, what, definition_of(case.procedure), actor, at, now, complete)
    # What somebody says who appeals is theirs, also where an office writes it down.
    doing.own_words = own_words or what == Act.APPEAL
    organisation = doing.organisation
    before = case.state
    if target := doing.rules.moves[what].target:
        case.state = target
    if effect := EFFECTS.get(what):
        effect(doing)
    clocks.strike(case, doing.rules, what, at=at)
    case.updated_at = now
    _save(case, before)
    event = _record(doing, organisation, external_id=external_id, author=author)
    _tell(doing, event)
    if case.procedure.code == CLAIM:
        claim_effects.follow(doing, event)
    calling.call(doing, event)
    if what == Act.CLOSE:
        signals.cases_closed.send(Case, keys=[case.pk], now=now)
    return case


def locked(case: Case) -> Case:
    """The case as it stands now, held until the end of the transaction."""
    related = ("procedure", "owner", "holder", "answerable", "organisation", "responsible")
    return held(Case.objects.all(), case.pk, *related)


def refuse_again(case: Case, kind: str, *, by: User | None, seen_event: int | None) -> None:
    """Raise ``Conflict`` where the person did the same since their page was shown (the case is
    held): the form came twice, by reloading it or going back."""
    if by is None or seen_event is None:
        return
    if case.events.filter(sequence__gt=seen_event, kind=kind, by=by).exists():
        raise Conflict(_("您刚刚已经提交过，没有重复登记。如需再次办理，请刷新后提交。"))


CHANGED = (
    *("state", "holder", "answerable", "responsible", "accepted", "outcome", "closed_at"),
    *("satisfaction", "archived_at", "due_at", "urge_count", "return_count", "reopen_count"),
    *("arbitrated", "updated_at"),
)


def _save(case: Case, before: str) -> None:
    """Write where the old state still stands. Raises ``Conflict``."""
    values = {name: getattr(case, name) for name in CHANGED}
    if not Case.objects.filter(pk=case.pk, state=before).update(**values):
        raise Conflict(_("该诉求刚被他人办理，请刷新后再试。"))


def _moment(case: Case, at: datetime | None, now: datetime) -> datetime:
    """When it happened: not in the future, and not before the last move."""
    if at is None:
        return now
    # What others did meanwhile without moving the case (urging, notes) is no earlier step.
    steps = case.events.exclude(kind__in=(*KEEPS_STATE, *CaseEvent.ASIDE))
    last = steps.aggregate(last=Max("at"))["last"] or case.received_at
    if at > now:
        raise Refused(_("办理时间晚于现在。"))
    if at < last:
        raise Refused(_("办理时间早于上一环节。"))
    return at


def _record(doing: Doing, organisation: Organisation, **message: str) -> CaseEvent:
    case, actor = doing.case, doing.actor
    event = add_event(
        case,
        doing.act,
        at=doing.at,
        by=actor.user,
        organisation=organisation,
        text=str(doing.answers.get("text", "")),
        data=doing.data,
        to_company=_for_companies(doing, organisation),
        to_complainant=doing.to_complainant,
        **message,
    )
    audit.record(
        f"case.{doing.act}",
        case,
        by=actor.user,
        now=doing.now,
        organisation=organisation,
        state=case.state,
        **doing.data,
    )
    return event


def _for_companies(doing: Doing, organisation: Organisation) -> bool:
    """Whether companies read the line of an act."""
    if doing.own_words and keeps_secret(doing.case):
        return False
    # What the regulator does about a report stays with the regulator until it is handed on.
    if doing.case.nature == REPORT and organisation.is_regulator:
        return doing.act in (Act.TRANSFER, Act.DISPATCH, Act.ARBITRATE, Act.REWORK)
    return True


def add_event(case: Case, kind: str, *, text: str = "", **more: Any) -> CaseEvent:
    """One more line of the timeline (the case is held)."""
    last = case.events.aggregate(last=Max("sequence"))["last"] or 0
    return CaseEvent.objects.create(case=case, sequence=last + 1, kind=kind, text=text, **more)


def _tell(doing: Doing, event: CaseEvent) -> None:
    """Write to those whom the act calls upon, each once, the actor left out."""
    case, on = doing.case, clock.day_of(doing.now)
    people: dict[int, User] = {}
    for organisation, permission in doing.tell:
        people |= {one.pk: one for one in people_of(organisation, permission, on=on)}
    if doing.actor.user is not None:
        people.pop(doing.actor.user.pk, None)
    for person in people.values():
        told = notifications.happened(
            case, person, act=doing.act, label=str(doing.act.label), sequence=event.sequence
        )
        outbox.post_all(told, now=doing.now)
