"""Steps of business passed on: ended, signed by both sides, objected to.

Source: grid standard 5.3.1 (S2-5.3.1c).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import outbox
from core.errors import Conflict
from grids import business_letters as letters
from grids.business.moves import Move, Side
from grids.models import BusinessRequest, BusinessStep
from grids.services import business_acts as acts
from grids.services import business_clocks as clocks

if TYPE_CHECKING:
    from accounts.models import ApiClient, User


@transaction.atomic
def complete_step(
    request: BusinessRequest,
    *,
    seen: str,
    note: str = "",
    by: User | ApiClient,
    now: datetime,
) -> BusinessRequest:
    """End the step that runs; the next one begins. ``seen``: code of the step that is meant."""
    request = acts.locked(Move.COMPLETE, request, by=by)
    step = _meant(request, seen)
    clocks.finish(step, by=acts.person(by), note=acts.plain(note), now=now)
    _next(request, step, now=now)
    words = {"step": step.title, "text": acts.plain(note)}
    acts.note(request, Move.COMPLETE, by=by, at=acts.acting(request, by), **words, now=now)
    return request


@transaction.atomic
def sign(
    request: BusinessRequest,
    *,
    seen: str,
    note: str = "",
    by: User | ApiClient,
    now: datetime,
) -> BusinessRequest:
    """Agree for one's side to a joint step; the second of the two signatures ends it."""
    request = acts.locked(Move.SIGN, request, by=by)
    step = _meant(request, seen)
    side = acts.signing_side(step, request, by)
    if side is Side.COMPANY:
        step.company_signed_at, step.company_signed_by = now, acts.person(by)
        at, other = request.organisation, request.signer
    else:
        step.government_signed_at, step.government_signed_by = now, acts.person(by)
        at, other = request.signer, request.organisation
    step.save(update_fields=[f"{_signed(side)}_at", f"{_signed(side)}_by"])
    words = {"step": step.title, "text": acts.plain(note)}
    acts.note(request, Move.SIGN, by=by, at=at, **words, now=now)
    if step.company_signed_at and step.government_signed_at:
        clocks.finish(step, by=acts.person(by), note=acts.plain(note), now=now)
        _next(request, step, now=now)
    else:
        outbox.post_all(letters.to_sign(request, step, to=other, now=now), now=now)
    return request


@transaction.atomic
def object_to(
    request: BusinessRequest, *, seen: str, reason: str, by: User | ApiClient, now: datetime
) -> BusinessRequest:
    """Disagree, with the reason: what the other side signed falls, both sign anew; the clock of
    the step runs on."""
    request = acts.locked(Move.OBJECT, request, by=by)
    step, text = _meant(request, seen), acts.reason(reason)
    side = acts.signing_side(step, request, by)
    at, other = request.signer, request.organisation
    if side is Side.COMPANY:
        at, other = other, at
    step.company_signed_at = step.company_signed_by = None
    step.government_signed_at = step.government_signed_by = None
    step.save(
        update_fields=[
            *("company_signed_at", "company_signed_by"),
            *("government_signed_at", "government_signed_by"),
        ]
    )
    event = acts.note(request, Move.OBJECT, by=by, at=at, step=step.title, text=text, now=now)
    told = letters.objected(request, step, text, to=other, place=event.sequence, now=now)
    outbox.post_all(told, now=now)
    return request


def _signed(side: Side | None) -> str:
    return "company_signed" if side is Side.COMPANY else "government_signed"


def _meant(request: BusinessRequest, seen: str) -> BusinessStep:
    """The step that runs, if it is the one that was looked at. Raises ``Conflict``."""
    step = acts.running(request)
    if step is None or step.code != seen:
        raise Conflict(_("该业务刚有新的进展，请刷新页面，核对后再办理。"))
    return BusinessStep.objects.select_for_update(of=("self",)).get(pk=step.pk)


def _next(request: BusinessRequest, step: BusinessStep, *, now: datetime) -> None:
    clocks.start(request, request.steps.get(position=step.position + 1), now=now)
    acts.tell_of_joint(request, now=now)
