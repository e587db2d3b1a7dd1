"""Letters about claims: numbers, acts and dates only, never personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.staff import people_of
from complaints.models import Claim
from core import clock, outbox
from core.letters import to_person

if TYPE_CHECKING:
    from accounts.models import User


def sent(claim: Claim, *, now: datetime) -> None:
    """A whistle, to the manager of the grid; where none is known, to the unit."""
    words = _words(claim)
    _post(
        claim,
        at_company(claim, now=now),
        occasion="whistle",
        key=f"whistle-{claim.grid_id or 0}",
        subject=_("网格吹哨：%(kind)s %(number)s") % words,
        body=_("%(source)s吹哨（%(kind)s，%(number)s），请及时报到。最近时限：%(due)s。") % words,
        now=now,
    )


def happened(
    claim: Claim, *, act: str, label: str, sequence: int, by: User | None, now: datetime
) -> None:
    """Something was done by one side, to the other."""
    words = {**_words(claim), "act": label}
    people = [
        *at_government(claim, now=now),
        *at_company(claim, now=now),
    ]
    others = [one for one in people if by is None or one.pk != by.pk]
    _post(
        claim,
        others,
        occasion=act,
        key=f"event-{sequence}",
        subject=_("%(act)s：涉电诉求%(number)s") % words,
        body=_("涉电诉求%(number)s（%(kind)s）：%(act)s。最近时限：%(due)s。") % words,
        now=now,
    )


def offered(claim: Claim, to: User, *, key: int, now: datetime) -> None:
    """To the named colleague: accept it or not; until then the other answers for it."""
    words = _words(claim)
    _post(
        claim,
        [to],
        occasion="offer",
        key=f"offer-{key}",
        subject=_("请确认接手：涉电诉求%(number)s") % words,
        body=_("涉电诉求%(number)s（%(kind)s）移交给您办理，请确认是否接手。最近时限：%(due)s。")
        % words,
        now=now,
    )


def passed_too_often(claim: Claim, *, now: datetime) -> None:
    """To those who lead: the claim went from hand to hand more often than the rule allows."""
    words = {**_words(claim), "count": claim.passes}
    _post(
        claim,
        people_of(claim.case.owner, Permission.CASE_APPROVE, on=clock.day_of(now)),
        occasion="passed",
        key=f"passed-{claim.passes}",
        subject=_("多次移交：涉电诉求%(number)s（第%(count)d次）") % words,
        body=_("涉电诉求%(number)s（%(kind)s）已在内部移交%(count)d次，请亲自过问，防止推诿。")
        % words,
        now=now,
    )


def at_company(claim: Claim, *, now: datetime) -> list[User]:
    """Who answers for it; where nobody does yet, everybody of the unit who could."""
    if claim.case.responsible is not None:
        return [claim.case.responsible]
    return people_of(claim.case.holder, Permission.CLAIM_HANDLE, on=clock.day_of(now))


def at_government(claim: Claim, *, now: datetime) -> list[User]:
    """The officer who whistled; where the platform did, those of the department."""
    if claim.officer is not None:
        return [claim.officer]
    if claim.department is None:
        return []
    return people_of(claim.department, Permission.CLAIM_SEND, on=clock.day_of(now))


def _words(claim: Claim) -> dict[str, Any]:
    case = claim.case
    return {
        "number": case.number,
        "kind": claim.get_kind_display(),
        "source": claim.department or claim.get_origin_display(),
        "due": clock.written(case.due_at) if case.due_at else "—",
    }


def _post(
    claim: Claim,
    people: Iterable[User],
    *,
    occasion: str,
    key: str,
    subject: str,
    body: str,
    now: datetime,
) -> None:
    for to in {one.pk: one for one in people}.values():
        told = to_person(
            key=f"claim-{claim.pk}-{key}-{to.pk}",
            kind=f"claim.{occasion}",
            to=to,
            subject=subject,
            body=body,
            url=reverse("complaints:claim", args=[claim.pk]),
        )
        outbox.post_all(told, now=now)
