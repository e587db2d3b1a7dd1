"""What every move of business passed on has in common: who acts for whom, why not, the record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, masking, outbox
from core.errors import Refused
from core.locking import held
from grids import business_letters as letters
from grids.business import moves
from grids.business.definition import Actor
from grids.business.moves import Move, Side, State
from grids.models import BusinessEvent, BusinessRequest, BusinessStep

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

RELATED = ("type", "source", "signer", "organisation", "officer", "handler")
LONGEST = 300
# Which permission acts for which side, and for which organisation of the request.
SIDES = {
    Side.COMPANY: (Permission.BUSINESS_HANDLE, "organisation"),
    Side.OFFICER: (Permission.BUSINESS_REQUEST, "source"),
    Side.GOVERNMENT: (Permission.BUSINESS_SIGN, "signer"),
}
ACTORS = {
    Actor.COMPANY: frozenset({Side.COMPANY}),
    Actor.GOVERNMENT: frozenset({Side.GOVERNMENT}),
    Actor.OFFICER: frozenset({Side.OFFICER}),
    # What the customer did is written down by whoever learns of it.
    Actor.CUSTOMER: frozenset({Side.COMPANY, Side.OFFICER}),
}


class Faulty(Refused):
    """A request with mistakes: what is wrong, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("".join(errors.values()))


def person(by: User | ApiClient) -> User | None:
    """Who did it, for the rows: a machine is nobody."""
    return None if getattr(by, "is_client", False) else by  # type: ignore[return-value]


def sides_of(request: BusinessRequest, by: User | ApiClient) -> frozenset[Side]:
    """For whom somebody acts in a request."""
    return frozenset(
        side
        for side, (permission, name) in SIDES.items()
        if works_for(by, permission, getattr(request, name))  # type: ignore[arg-type]
    )


def refusal(move: Move, request: BusinessRequest, by: User | ApiClient) -> str:
    """Why somebody may not make a move now; empty when they may."""
    if why_not := moves.refusal(move, request.state, sides_of(request, by)):
        return why_not
    if move in (Move.COMPLETE, Move.SIGN, Move.OBJECT, Move.FINISH):
        return _step_refusal(move, request, by)
    if move is Move.NOTIFY and request.notified_at:
        return _("所需材料已经一次性告知，不得再次要求补充其他材料。")
    return ""


def _step_refusal(move: Move, request: BusinessRequest, by: User | ApiClient) -> str:
    step = running(request)
    if step is None:
        return _("没有正在办理的环节。")
    last = step.position == len(request.type.definition.steps)
    if move is Move.FINISH:
        return "" if last else _("还有环节没有完成，不能办结。")
    if (move is Move.COMPLETE) == step.joint:
        return _("“%(step)s”须双方会签。") % {"step": step} if step.joint else _("该环节无须会签。")
    if move is Move.COMPLETE:
        if last:
            return _("最后一个环节完成后请直接办结。")
        if not ACTORS[Actor(step.actor)] & sides_of(request, by):
            return _("“%(step)s”不由您的单位办理。") % {"step": step}
        return ""
    return _signature_refusal(step, signing_side(step, request, by))


def signing_side(step: BusinessStep, request: BusinessRequest, by: User | ApiClient) -> Side | None:
    """For which side somebody signs a joint step; None where for neither."""
    may_sign = Permission.BUSINESS_SIGN
    if works_for(by, may_sign, request.signer):  # type: ignore[arg-type]
        return Side.GOVERNMENT
    if works_for(by, may_sign, request.organisation):  # type: ignore[arg-type]
        return Side.COMPANY
    return None


def _signature_refusal(step: BusinessStep, side: Side | None) -> str:
    if side is None:
        return _("会签由供电企业负责人和会签的政府部门办理。")
    signed = step.company_signed_at if side is Side.COMPANY else step.government_signed_at
    return _("您的单位已经会签，等待另一方。") if signed else ""


def running(request: BusinessRequest) -> BusinessStep | None:
    """The step that is being done."""
    return request.steps.filter(started_at__isnull=False, done_at__isnull=True).first()


def locked(move: Move, request: BusinessRequest, *, by: User | ApiClient) -> BusinessRequest:
    request = held(BusinessRequest.objects, request.pk, *RELATED)
    if why_not := refusal(move, request, by):
        raise Refused(why_not)
    return request


def acting(request: BusinessRequest, by: User | ApiClient) -> Organisation:
    """For which of the request's organisations somebody acts."""
    sides = sides_of(request, by)
    side = next(one for one in (Side.COMPANY, Side.OFFICER, Side.GOVERNMENT) if one in sides)
    return getattr(request, SIDES[side][1])


def end(request: BusinessRequest, state: State, *, now: datetime) -> None:
    """It goes no further: nothing runs any more."""
    request.state, request.due_at = state, None
    request.closed_at = request.updated_at = now
    request.save(update_fields=["state", "due_at", "closed_at", "updated_at"])


def note(
    request: BusinessRequest,
    move: Move,
    *,
    by: User | ApiClient,
    at: Organisation,
    step: str = "",
    text: str = "",
    now: datetime,
) -> BusinessEvent:
    """Write it into the record of the request and into the audit trail."""
    last = request.events.aggregate(n=Max("sequence"))["n"] or 0
    event = BusinessEvent.objects.create(
        request=request,
        sequence=last + 1,
        kind=move,
        at=now,
        by=person(by),
        organisation=at,
        step=step,
        text=plain(text),
    )
    audit.record(
        f"business.{move.value}",
        request,
        by=person(by),
        now=now,
        organisation=at,
        step=step,
        number=request.number,
    )
    return event


def plain(text: str) -> str:
    """What is written beside a request names nobody: what looks like personal data is masked."""
    return masking.mask_text(text.strip())[:LONGEST]


def reason(text: str, ask: str = "") -> str:
    if not text.strip():
        raise Refused(ask or _("请写明原因。"))
    return plain(text)


def tell_of_joint(request: BusinessRequest, *, now: datetime) -> None:
    """Both sides are asked to sign when a joint step begins."""
    step = running(request)
    if step is not None and step.joint:
        for to in (request.organisation, request.signer):
            outbox.post_all(letters.to_sign(request, step, to=to, now=now), now=now)


def reveal(request: BusinessRequest, *, purpose: str, by: User, now: datetime) -> dict[str, str]:
    """The customer in full, for a stated purpose, on the record. Raises ``Refused``."""
    if not sides_of(request, by):
        raise Refused(_("客户信息只供转办的政府网格、会签部门和承办单位查看。"))
    fields = ("customer_name", "customer_phone", "account_no", "address")
    return {
        name: masking.reveal(
            request, name, by=by, now=now, purpose=purpose, organisation=acting(request, by)
        )
        for name in fields
    }
