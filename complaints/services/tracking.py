"""A complainant follows their case by its number and code, and adds to it.

A wrong code and a number that does not exist are answered alike; both count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.conf import settings as portal
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import lockout
from accounts.permissions import Permission
from accounts.staff import people_of
from complaints import notifications, refusals
from complaints.models import Case, CaseEvent, Rating, Term
from complaints.refusals import Actor
from complaints.services.acting import act, add_event, locked
from complaints.services.public import attach, hash_of, received_files, settings
from complaints.workflow import DONE, RATED, REPORT, SUPPLEMENT, Act, State, keeps_secret
from core import audit, clock, offline, outbox
from core.errors import Refused


class TooOften(Refused):
    """An address or a number had too many wrong codes; says when to try again."""


def too_often() -> str:
    """The sentence for whoever has to wait."""
    minutes = portal.SIGN_IN_WINDOW_MINUTES
    return _("尝试次数过多，请%(minutes)d分钟后再试，或拨打12398。") % {"minutes": minutes}


def find(*, number: str, code: str, address: str, now: datetime) -> Case | None:
    """The case with this number and code. Raises ``TooOften``; a right code costs no try.

    Numbers run on and are easily named: whoever guesses at one shuts himself out of it, not its
    complainant at another address. What all may guess at a number together is bounded as well.
    """
    limits = settings()
    places = {
        lockout.tracking_key(address): limits["guesses_per_address"],
        lockout.tracked_key(number, address): limits["guesses_per_number"],
        lockout.tracked_key(number): limits["guesses_in_all"],
    }
    if not all(lockout.reserve(key, now=now, limit=most) for key, most in places.items()):
        raise TooOften(too_often())
    found = tracked(number=number, tracking_hash=hash_of(code))
    if found is not None:
        for key in places:
            lockout.release(key)
    return found


def tracked(*, number: str, tracking_hash: str) -> Case | None:
    """The case that a session has opened before."""
    if not tracking_hash:
        return None
    cases = Case.objects.select_related("owner", "procedure", "merged_into__procedure")
    return cases.filter(tracking_hash=tracking_hash, number=number.strip().upper()).first()


# --- What a complainant may add ------------------------------------------------------------------


def supplement_refusal(case: Case) -> str:
    """Why nothing can be added any more; empty when it can."""
    if case.state in DONE:
        return _("该诉求已经办理完毕，不能再补充材料。")
    if case.events.filter(kind=SUPPLEMENT).count() >= settings()["most_supplements"]:
        return _("补充次数已达上限，如有新情况请拨打12398。")
    return ""


def supplement(
    case: Case, *, text: str, uploads: Sequence[IO[bytes]], now: datetime, mark: str = ""
) -> CaseEvent | None:
    """Add words and files to an open case; None where the form (``mark``) was sent before.

    Raises ``Refused``, ``Rejected``.
    """
    kept = received_files(uploads)
    with transaction.atomic():
        case = locked(case)
        if not offline.first(f"case:{case.pk}", mark, now=now):
            return None
        if why_not := supplement_refusal(case):
            raise Refused(why_not)
        event = _event(case, SUPPLEMENT, text, now=now, data={"files": len(kept)})
        attach(case, kept, now=now)
        audit.record(
            "case.supplement", case, by=None, now=now, organisation=case.owner, files=len(kept)
        )
        _tell(case, event, now=now)
    return event


def withdraw_refusal(case: Case) -> str:
    """Why the complainant cannot withdraw here; empty when they can."""
    if case.nature == REPORT:
        return _("举报涉及的线索由受理单位依法处理，不能在网上撤回。")
    return refusals.refusal(case, Act.WITHDRAW, Actor(machine=case.owner))


def withdraw(case: Case, *, text: str, now: datetime) -> Case:
    """Take the complaint back. Raises ``Refused``."""
    if why_not := withdraw_refusal(case):
        raise Refused(why_not)
    words = _("诉求人在网上撤回：%(text)s") % {"text": text}
    return act(case, Act.WITHDRAW, by=None, machine=case.owner, now=now, text=words, own_words=True)


def rate_refusal(case: Case) -> str:
    """Why the handling cannot be rated (yet, or again); empty when it can."""
    if case.state not in (State.CLOSED, State.ARCHIVED):
        return _("办结后可以评价。")
    return _("您已经评价过。") if Rating.objects.filter(case=case).exists() else ""


def grades(*, now: datetime) -> list[Term]:
    """What can be answered when asked how content one is."""
    terms = Term.objects.of(Term.Kind.SATISFACTION).on(clock.day_of(now))
    return [term for term in terms if term.code != "unreachable"]


@transaction.atomic
def rate(case: Case, *, satisfaction: str, comment: str, now: datetime) -> Rating:
    """Say how content one is; where nobody asked before, it is the case's satisfaction."""
    case = locked(case)
    if why_not := rate_refusal(case):
        raise Refused(why_not)
    if satisfaction not in {term.code for term in grades(now=now)}:
        raise Refused(_("请选择满意度。"))
    rating = Rating.objects.create(case=case, satisfaction=satisfaction, comment=comment, at=now)
    if case.satisfaction in ("", "unreachable"):
        case.satisfaction = satisfaction
    case.updated_at = now
    case.save(update_fields=["satisfaction", "updated_at"])
    event = _event(case, RATED, comment, now=now, data={"satisfaction": satisfaction})
    audit.record(
        "case.rate", case, by=None, now=now, organisation=case.owner, satisfaction=satisfaction
    )
    _tell(case, event, now=now)
    return rating


def appeal_refusal(case: Case, *, now: datetime) -> str:
    """Why no appeal can be made; empty when it can."""
    return refusals.refusal(case, Act.APPEAL, Actor(machine=case.owner), now=now)


@transaction.atomic
def appeal(case: Case, *, text: str, now: datetime) -> Case:
    """Appeal against how the case was handled; the same code opens the new case."""
    act(case, Act.APPEAL, by=None, machine=case.owner, now=now, text=text)
    made = case.appeals.select_related("owner").latest("pk")
    made.tracking_hash = case.tracking_hash
    made.save(update_fields=["tracking_hash"])
    return made


def _event(
    case: Case, kind: str, text: str, *, now: datetime, data: dict[str, object]
) -> CaseEvent:
    return add_event(
        case,
        kind,
        at=now,
        text=text,
        data=data,
        # Words of whoever must stay unknown are not for the company.
        to_company=not keeps_secret(case),
        to_complainant=True,
    )


def _tell(case: Case, event: CaseEvent, *, now: datetime) -> None:
    """Whoever decides at the office that received the case learns of it."""
    on = clock.day_of(now)
    labels = {SUPPLEMENT: _("补充材料"), RATED: _("评价")}
    for person in people_of(case.owner, Permission.CASE_DECIDE, on=on):
        told = notifications.said(
            case, person, label=labels[event.kind], sequence=event.sequence, kind=event.kind
        )
        outbox.post_all(told, now=now)
