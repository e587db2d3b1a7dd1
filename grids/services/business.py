"""Business that government grids pass on: from the request to the customer's word.

Source: grid standard 5.3 (S2-5.3.1a to S2-5.3.2c). The moves of single steps stand in
``business_steps``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from accounts.reach import works_for
from core import clock, outbox
from core.errors import Conflict, Refused
from grids import business_letters as letters
from grids.business.moves import Move, State
from grids.models import BusinessRequest, BusinessStep, GovernmentGrid
from grids.queries import business as queries
from grids.services import business_acts as acts
from grids.services import business_clocks as clocks

if TYPE_CHECKING:
    from accounts.models import ApiClient, User


@dataclass(frozen=True)
class Asked:
    """What a grid passes on."""

    type_code: str
    customer_name: str
    customer_phone: str
    address: str
    account_no: str = ""
    capacity: Decimal | None = None
    note: str = ""
    # Codes of the materials that were handed in with it.
    materials: tuple[str, ...] = ()
    external_number: str = ""
    digest: str = ""


# --- From the grid --------------------------------------------------------------------------------


@transaction.atomic
def pass_on(
    asked: Asked,
    *,
    source: Organisation,
    organisation: Organisation | None = None,
    grid: GovernmentGrid | None = None,
    signer: Organisation | None = None,
    by: User | ApiClient,
    now: datetime,
) -> BusinessRequest:
    """Hand a customer's business to the company's unit of the place; its clock runs from now.

    Without an organisation it goes to the unit that is paired with the grid. Raises ``Refused``,
    ``Faulty`` by field, and ``Conflict`` for a number of the platform that came with other content.
    """
    may = source.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT
    if not may or not works_for(by, Permission.BUSINESS_REQUEST, source):  # type: ignore[arg-type]
        raise Refused(_("涉电业务由政府网格转办。"))
    # One after the other in a region: numbers follow each other, a message counts once.
    Region.objects.select_for_update(no_key=True).filter(pk=source.region_id).first()
    if standing := _standing(asked, source):
        return standing
    on = clock.day_of(now)
    unit = organisation or queries.unit_for(source, grid, on=on)
    kind = queries.type_for(asked.type_code, unit, on=on) if unit else None
    errors = _errors(asked, kind, source, unit, signer)
    if grid is not None and not queries.grids_of(source, on=on).filter(pk=grid.pk).exists():
        errors["grid"] = _("不是您单位管理的网格。")
    if errors:
        raise acts.Faulty(errors)
    assert kind is not None
    request = BusinessRequest(
        number=_number(source, now),
        external_number=asked.external_number,
        type=kind,
        source=source,
        grid=grid,
        officer=acts.person(by),
        signer=signer or source,
        organisation=unit,
        customer_name=asked.customer_name.strip(),
        customer_phone=asked.customer_phone.strip(),
        account_no=asked.account_no.strip(),
        address=asked.address.strip(),
        capacity=asked.capacity,
        note=acts.plain(asked.note),
        materials=sorted(set(asked.materials)),
        passed_at=now,
        digest=asked.digest,
        created_by=acts.person(by),
        updated_at=now,
    )
    request.save()
    BusinessStep.objects.bulk_create(
        BusinessStep(
            request=request,
            position=place,
            code=one.code,
            title=one.title,
            actor=one.actor.value,
            joint=one.joint,
        )
        for place, one in enumerate(kind.definition.steps, start=1)
    )
    clocks.start(request, request.steps.get(position=1), now=now)
    acts.note(request, Move.PASS_ON, by=by, at=source, now=now)
    outbox.post_all(letters.passed_on(request, now=now), now=now)
    return request


def _standing(asked: Asked, source: Organisation) -> BusinessRequest | None:
    """The request that a number of the platform stands for. Raises ``Conflict``."""
    if not asked.external_number:
        return None
    found = BusinessRequest.objects.filter(source=source, external_number=asked.external_number)
    if (one := found.select_related(*acts.RELATED).first()) is None:
        return None
    if one.digest != asked.digest:
        raise Conflict(_("编号%(number)s已经转办，内容不同。") % {"number": asked.external_number})
    return one


def _errors(
    asked: Asked,
    kind: Any,
    source: Organisation,
    organisation: Organisation | None,
    signer: Organisation | None,
) -> dict[str, str]:
    """Everything that is wrong, by field."""
    errors = {
        name: _("必填。")
        for name in ("customer_name", "customer_phone", "address")
        if not getattr(asked, name).strip()
    }
    if organisation is None:
        return {**errors, "organisation": _("本网格所在的地区没有供电单位。")}
    if kind is None:
        errors["type"] = _("没有这种业务类型，或者尚未启用。")
    elif unknown := set(asked.materials) - {one.code for one in kind.definition.materials}:
        errors["materials"] = _("该业务不需要这些材料：%(codes)s。") % {
            "codes": "、".join(sorted(unknown))
        }
    if not queries.units_of(source).filter(pk=organisation.pk).exists():
        errors["organisation"] = _("该单位不在本网格所在的地区供电。")
    if signer is not None and not queries.signers_of(source).filter(pk=signer.pk).exists():
        errors["signer"] = _("该部门不在本网格所在的地区。")
    if asked.capacity is not None and asked.capacity <= 0:
        errors["capacity"] = _("须大于零。")
    return errors


def _number(source: Organisation, now: datetime) -> str:
    """YD, the region, the day, and the next number of that region and day."""
    head = f"YD{source.region_id}{now.astimezone(clock.ZONE):%Y%m%d}"
    last = BusinessRequest.objects.filter(number__startswith=head).aggregate(n=Max("number"))["n"]
    return f"{head}{int(last[len(head) :]) + 1 if last else 1:04d}"


@transaction.atomic
def withdraw(
    request: BusinessRequest, *, reason: str, by: User | ApiClient, now: datetime
) -> BusinessRequest:
    """The customer does not want it any more. Raises ``Refused``."""
    request = acts.locked(Move.WITHDRAW, request, by=by)
    text = acts.reason(reason)
    acts.end(request, State.WITHDRAWN, now=now)
    acts.note(request, Move.WITHDRAW, by=by, at=request.source, text=text, now=now)
    outbox.post_all(letters.withdrawn(request, text, now=now), now=now)
    return request


@transaction.atomic
def inform(
    request: BusinessRequest,
    *,
    satisfaction: str = "",
    note: str = "",
    by: User | ApiClient,
    now: datetime,
) -> BusinessRequest:
    """The officer told the customer that it is done, and what the customer says of it."""
    request = acts.locked(Move.INFORM, request, by=by)
    if satisfaction and satisfaction not in BusinessRequest.Satisfaction.values:
        raise Refused(_("客户评价不正确。"))
    request.state, request.satisfaction = State.INFORMED, satisfaction
    request.closed_at = request.updated_at = now
    request.save(update_fields=["state", "satisfaction", "closed_at", "updated_at"])
    acts.note(request, Move.INFORM, by=by, at=request.source, text=acts.plain(note), now=now)
    return request


# --- At the company -------------------------------------------------------------------------------


@transaction.atomic
def take(
    request: BusinessRequest, *, note: str = "", by: User | ApiClient, now: datetime
) -> BusinessRequest:
    """Take it in hand: ends the first step; the grid is told who handles it."""
    request = acts.locked(Move.TAKE, request, by=by)
    request.state, request.taken_at, request.handler = State.IN_PROGRESS, now, acts.person(by)
    request.save(update_fields=["state", "taken_at", "handler"])
    step = request.steps.get(position=1)
    clocks.finish(step, by=acts.person(by), note=acts.plain(note), now=now)
    clocks.start(request, request.steps.get(position=2), now=now)
    acts.note(
        request, Move.TAKE, by=by, at=request.organisation, step=step.title, text=note, now=now
    )
    outbox.post_all(letters.taken(request, now=now), now=now)
    acts.tell_of_joint(request, now=now)
    return request


@transaction.atomic
def notify_materials(
    request: BusinessRequest, *, missing: list[str], by: User | ApiClient, now: datetime
) -> BusinessRequest:
    """Say once and in full which materials are missing; the company's clock stands meanwhile.

    Materials that the law does not ask for, or that were handed in, are not asked for again.
    Raises ``Refused``.
    """
    request = acts.locked(Move.NOTIFY, request, by=by)
    known = {one.code for one in request.type.definition.materials} - set(request.materials)
    if not missing or not set(missing) <= known:
        raise Refused(_("请选择该业务所需、尚未提交的材料。"))
    request.missing, request.notified_at = sorted(set(missing)), now
    request.state, request.updated_at = State.MATERIALS, now
    request.save(update_fields=["missing", "notified_at", "state", "updated_at"])
    step = acts.running(request)
    assert step is not None
    clocks.pause(request, step, now=now)
    titles = "、".join(queries.material_titles(request, request.missing))
    acts.note(request, Move.NOTIFY, by=by, at=request.organisation, text=titles, now=now)
    outbox.post_all(letters.materials_missing(request, titles, now=now), now=now)
    return request


@transaction.atomic
def receive_materials(
    request: BusinessRequest, *, codes: list[str], by: User | ApiClient, now: datetime
) -> BusinessRequest:
    """Materials came in; when none is missing any more the clock runs on."""
    request = acts.locked(Move.RECEIVE, request, by=by)
    if not codes or not set(codes) <= set(request.missing):
        raise Refused(_("请选择应补的材料。"))
    request.materials = sorted({*request.materials, *codes})
    request.missing = [one for one in request.missing if one not in codes]
    request.updated_at = now
    if not request.missing:
        request.state = State.IN_PROGRESS
        step = acts.running(request)
        assert step is not None
        clocks.resume(request, step, now=now)
    request.save(update_fields=["materials", "missing", "state", "updated_at"])
    titles = "、".join(queries.material_titles(request, codes))
    acts.note(request, Move.RECEIVE, by=by, at=acts.acting(request, by), text=titles, now=now)
    if not request.missing:
        outbox.post_all(letters.materials_complete(request, now=now), now=now)
    return request


@transaction.atomic
def hand_over(
    request: BusinessRequest,
    *,
    to: Organisation,
    reason: str,
    by: User | ApiClient,
    now: datetime,
) -> BusinessRequest:
    """Another unit of the company goes on with it; number, clocks and the grid's view stay."""
    request = acts.locked(Move.HAND_OVER, request, by=by)
    text = acts.reason(reason)
    if to.pk == request.organisation.pk:
        raise Refused(_("已由该单位承办。"))
    if not queries.units_of(request.source).filter(pk=to.pk).exists():
        raise Refused(_("该单位不在本网格所在的地区供电。"))
    before = request.organisation
    request.organisation, request.handler, request.updated_at = to, None, now
    request.handovers += 1
    request.save(update_fields=["organisation", "handler", "handovers", "updated_at"])
    words = f"{before} → {to}：{text}"
    acts.note(request, Move.HAND_OVER, by=by, at=before, text=words, now=now)
    outbox.post_all(letters.handed_over(request, now=now), now=now)
    return request


@transaction.atomic
def return_(
    request: BusinessRequest, *, reason: str, by: User | ApiClient, now: datetime
) -> BusinessRequest:
    """Give it back to the grid, with the reason. Raises ``Refused``."""
    request = acts.locked(Move.RETURN, request, by=by)
    text = acts.reason(reason)
    acts.end(request, State.RETURNED, now=now)
    acts.note(request, Move.RETURN, by=by, at=request.organisation, text=text, now=now)
    outbox.post_all(letters.returned(request, text, now=now), now=now)
    return request


@transaction.atomic
def finish(
    request: BusinessRequest,
    *,
    result: str,
    fee: Decimal = Decimal(0),
    reduction: Decimal = Decimal(0),
    reduction_reason: str = "",
    by: User | ApiClient,
    now: datetime,
) -> BusinessRequest:
    """End the last step; what it took and cost is written down and the grid is told.

    More than the rule of the business allows is not charged. Raises ``Refused``.
    """
    request = acts.locked(Move.FINISH, request, by=by)
    text = acts.reason(result, _("请写明办理结果。"))
    _check_fee(request, fee, reduction, reduction_reason)
    step = acts.running(request)
    assert step is not None
    clocks.finish(step, by=acts.person(by), note=text, now=now)
    request.fee, request.reduction = fee, reduction
    request.reduction_reason = acts.plain(reduction_reason)[:200]
    request.result, request.state = text, State.FINISHED
    request.finished_at = request.updated_at = now
    request.due_at = None
    steps = list(request.steps.all())
    figures = clocks.figures(request, steps, now=now)
    for name, value in figures.items():
        setattr(request, name, value)
    request.save()
    acts.note(
        request, Move.FINISH, by=by, at=request.organisation, step=step.title, text=text, now=now
    )
    outbox.post_all(letters.finished(request, now=now), now=now)
    return request


def _check_fee(request: BusinessRequest, fee: Decimal, reduction: Decimal, reason: str) -> None:
    rule = request.type.definition.fee
    most = rule.most(request.capacity)
    if most is None and fee:
        raise Refused(_("收费按容量计算，请先登记用电容量。"))
    if fee < 0 or (most is not None and fee > most):
        words = {"most": f"{most or 0:.2f}", "basis": rule.basis}
        raise Refused(_("应收费用不得超过%(most)s元：%(basis)s。") % words)
    if not 0 <= reduction <= fee:
        raise Refused(_("减免费用不得超过应收费用。"))
    if reduction and not reason.strip():
        raise Refused(_("请写明减免依据。"))
