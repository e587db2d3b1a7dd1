"""A unit fits a workflow to its own work: proposed by one, let into force by another (S2-7.2b)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock
from core.errors import Conflict, Refused
from grids.business import adapting
from grids.business.adapting import Wishes
from grids.business.definition import Definition, Faulty
from grids.models import BusinessType, TypeProposal
from grids.queries.business import type_for

if TYPE_CHECKING:
    from accounts.models import User

State = TypeProposal.State


def propose_refusal(company: Organisation, *, by: User) -> str:
    """Why the person may not propose for a unit; empty when they may."""
    if company.is_company and works_for(by, Permission.GRID_MANAGE, company):
        return ""
    return _("由%(unit)s或者其上级供电单位提出。") % {"unit": company}


def decide_refusal(proposal: TypeProposal, *, by: User) -> str:
    """Why the person may not decide; empty when they may."""
    if not works_for(by, Permission.BUSINESS_SIGN, proposal.company):
        return _("由%(unit)s或者其上级供电单位的负责人审批。") % {"unit": proposal.company}
    if proposal.proposed_by_id == by.pk:
        return _("提出人不得审批自己提出的调整，请由另一人审批。")
    return ""


@transaction.atomic
def propose_type(
    *,
    base: BusinessType,
    company: Organisation,
    wishes: Wishes,
    valid_from: date,
    basis: str,
    by: User,
    now: datetime,
) -> TypeProposal:
    """Raises ``Refused`` with everything in it that goes beyond the limits."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=company.pk)
    if why_not := propose_refusal(company, by=by):
        raise Refused(why_not)
    if not basis.strip():
        raise Refused(_("请写明依据文件。"))
    if TypeProposal.objects.waiting().filter(company=company, base__code=base.code).exists():
        raise Conflict(_("该业务已有待审批的调整，请先审批或者撤回。"))
    start = above(base.code, company, on=valid_from)
    content = adapting.adapted(
        start.content, wishes, basis=basis.strip(), rule=f"own-{company.code}"[:40]
    )
    _check(content, company, base.code, valid_from, now=now)
    if content["steps"] == start.content["steps"]:
        raise Refused(_("环节、名称和时限没有变化，不必另立版本。"))
    made = TypeProposal.objects.create(
        base=start,
        company=company,
        content=content,
        basis=basis.strip(),
        valid_from=valid_from,
        proposed_at=now,
        proposed_by=by,
    )
    _record("propose", made, by=by, now=now)
    return made


@transaction.atomic
def decide_type(
    *, proposal: TypeProposal, grant: bool, opinion: str, by: User, now: datetime
) -> TypeProposal:
    """Let a proposal come into force as a version of its own, or not. Raises ``Refused``."""
    proposal = _held(proposal)
    if why_not := decide_refusal(proposal, by=by):
        raise Refused(why_not)
    if not grant and not opinion.strip():
        raise Refused(_("不同意的，请写明理由。"))
    if grant:
        # What stands above may have become tighter since.
        company, code = proposal.company, proposal.base.code
        _check(proposal.content, company, code, proposal.valid_from, now=now)
        proposal.made = _version(proposal)
    proposal.state = State.APPROVED if grant else State.REFUSED
    proposal.decided_at, proposal.decided_by, proposal.opinion = now, by, opinion.strip()
    proposal.save(update_fields=["state", "decided_at", "decided_by", "opinion", "made"])
    _record("approve" if grant else "refuse", proposal, by=by, now=now)
    return proposal


@transaction.atomic
def withdraw_type(*, proposal: TypeProposal, by: User, now: datetime) -> TypeProposal:
    """Take a proposal back that nobody decided on. Raises ``Refused``."""
    proposal = _held(proposal)
    if why_not := propose_refusal(proposal.company, by=by):
        raise Refused(why_not)
    proposal.state = State.WITHDRAWN
    proposal.save(update_fields=["state"])
    _record("withdraw", proposal, by=by, now=now)
    return proposal


def above(code: str, company: Organisation, *, on: date) -> BusinessType:
    """The version that a unit would work by without one of its own. Raises ``Refused``."""
    parent = Organisation.objects.get_parent(company)
    found = type_for(code, parent, on=on) if parent is not None else None
    if found is None:
        general = BusinessType.objects.known(on=on).filter(code=code, company=None)
        found = general.order_by("valid_from", "version").last()
    if found is None:
        raise Refused(_("该业务在启用日期没有可依据的流程。"))
    return found


def _check(
    content: dict, company: Organisation, code: str, valid_from: date, *, now: datetime
) -> None:
    if valid_from <= clock.day_of(now):
        raise Refused(_("启用日期须晚于今天：已转办的业务按原版本办理。"))
    if BusinessType.objects.filter(code=code, company=company, valid_from=valid_from).exists():
        raise Conflict(_("该日期已有启用的版本。"))
    try:
        ours = Definition.read(content)
    except Faulty:
        raise Refused(_("增加的环节须在受理之后、最后一个环节之前，时限须为整数。")) from None
    standards = {above(code, company, on=valid_from)}
    general = BusinessType.objects.known(on=valid_from).filter(code=code, company=None)
    if (last := general.order_by("valid_from", "version").last()) is not None:
        standards.add(last)
    bounds = adapting.bounds_on(valid_from)
    found: dict[str, None] = {}
    for one in sorted(standards, key=lambda kind: kind.pk):
        found |= dict.fromkeys(adapting.problems(ours, one.definition, bounds))
    if found:
        raise Refused("\n".join(found))


def _version(proposal: TypeProposal) -> BusinessType:
    base = proposal.base
    # Held by everybody who makes a version of this kind; read only then, when others have ended.
    versions = BusinessType.objects.filter(code=base.code).order_by("version", "pk")
    versions.select_for_update(of=("self",)).first()
    last = max(versions.values_list("version", flat=True))
    return BusinessType.objects.create(
        code=base.code,
        version=last + 1,
        company=proposal.company,
        title=base.title,
        group=base.group,
        content=proposal.content,
        valid_from=proposal.valid_from,
    )


def _held(proposal: TypeProposal) -> TypeProposal:
    found = TypeProposal.objects.select_for_update(of=("self",))
    proposal = found.select_related("base", "company").get(pk=proposal.pk)
    if proposal.state != State.WAITING:
        words = {"state": proposal.get_state_display()}
        raise Conflict(_("该调整目前为“%(state)s”，不能再办理。") % words)
    return proposal


def _record(verb: str, proposal: TypeProposal, *, by: User, now: datetime) -> None:
    audit.record(
        f"businesstype.{verb}",
        proposal,
        by=by,
        now=now,
        organisation=proposal.company,
        reason=proposal.opinion or proposal.basis,
        code=proposal.base.code,
        valid_from=proposal.valid_from,
    )
