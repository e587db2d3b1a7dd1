"""First asked, first responsible: a claim goes to a colleague who agrees, or with its grid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.staff import Directory
from complaints import claim_letters as letters
from complaints.models import CaseEvent, Claim, ClaimPass
from complaints.privacy import spoken
from complaints.services import local_limits
from complaints.services.claim_acts.holding import held, mine, noted, still_open
from core import clock
from core.errors import Refused


def successors(claim: Claim, *, on: date) -> list[tuple[User, Organisation]]:
    """Who could take a claim over: those of the same house who handle claims."""
    case = claim.case
    house = Organisation.objects.filter(path__startswith=case.owner.path)
    found: dict[int, tuple[User, Organisation]] = {}
    directory = Directory(house.order_by().values_list("pk", flat=True))
    for unit in house.order_by("path"):
        for person in directory.people(unit.pk, Permission.CLAIM_HANDLE, on=on):
            if person.pk != case.responsible_id:
                found.setdefault(person.pk, (person, unit))
    return list(found.values())


@transaction.atomic
def offer(claim: Claim, *, to: User, reason: str, by: User, now: datetime) -> ClaimPass:
    """Ask a named colleague to go on with it. Number and contact stay (S2-6.2.5b)."""
    claim = held(claim)
    mine(claim, by)
    if not reason.strip():
        raise Refused(_("请写明移交原因。"))
    if claim.offers.filter(answered_at__isnull=True).exists():
        raise Refused(_("已经提出移交，等待接手人确认。"))
    units = dict((one.pk, unit) for one, unit in successors(claim, on=clock.day_of(now)))
    if to.pk not in units:
        raise Refused(_("涉电诉求内转外不转：只能移交本企业的办理人员。"))
    former = claim.case.responsible or by
    made = ClaimPass.objects.create(
        claim=claim,
        former=former,
        successor=to,
        unit=units[to.pk],
        reason=spoken(reason.strip(), claim.case)[:200],
        offered_at=now,
    )
    noted(
        claim,
        CaseEvent.OFFERED,
        by=by,
        place=claim.case.holder,
        now=now,
        text=made.reason,
        to=made.unit.code,
    )
    letters.offered(claim, to, key=made.pk, now=now)
    return made


@transaction.atomic
def answer_offer(offer: ClaimPass, *, accepted: bool, by: User, now: datetime) -> Claim:
    """The named colleague takes it, or not; until then nothing has changed."""
    claim = held(offer.claim)
    offer = ClaimPass.objects.select_related("unit").get(pk=offer.pk)
    if offer.answered_at is not None:
        raise Refused(_("该移交已经答复。"))
    if by.pk != offer.successor_id:
        raise Refused(_("由接手人本人确认。"))
    still_open(claim)
    offer.accepted, offer.answered_at = accepted, now
    offer.save(update_fields=["accepted", "answered_at"])
    kind = CaseEvent.PASSED if accepted else CaseEvent.DECLINED
    if accepted:
        _move(claim, by, offer.unit, now=now)
    details = {"unit": offer.unit.code, "count": claim.passes}
    noted(claim, kind, by=by, place=offer.unit, now=now, **details)
    limit = local_limits.limit("claim_passes", claim.kind, claim.case.owner, at=now)
    if accepted and limit is not None and claim.passes > limit.value:
        letters.passed_too_often(claim, now=now)
    return claim


def _move(claim: Claim, to: User, unit: Organisation, *, now: datetime) -> None:
    case = claim.case
    case.responsible, case.holder, case.answerable, case.updated_at = to, unit, unit, now
    case.save(update_fields=["responsible", "holder", "answerable", "updated_at"])
    station = claim.grid.organisation if claim.grid else None
    claim.passes += 1
    claim.left_grid = claim.left_grid or (
        station is not None and not unit.path.startswith(station.path)
    )
    claim.save(update_fields=["passes", "left_grid"])


def move_all(claims: Iterable[Claim], to: User, *, by: User | None, now: datetime) -> int:
    """Claims of a grid go with it to its next manager; that is no passing on."""
    count = 0
    for claim in claims:
        moved = held(claim)
        moved.case.responsible, moved.case.updated_at = to, now
        moved.case.save(update_fields=["responsible", "updated_at"])
        noted(moved, CaseEvent.PASSED, by=by, place=moved.case.holder, now=now, with_grid=True)
        count += 1
    return count


def open_of_grid(grid: Any, manager: Any) -> Any:
    """Open claims of a grid for which its manager answers."""
    mine = Claim.objects.open().filter(grid=grid, case__responsible=manager.user)
    return mine.select_related("case")
