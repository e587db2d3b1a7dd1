"""Why an act may not be done with a claim, beyond what its procedure says. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import works_for
from complaints.models import Case, Claim
from complaints.workflow import Act

if TYPE_CHECKING:
    from accounts.models import Organisation, User


def government(case: Case, needs: Permission) -> tuple[Organisation, Permission]:
    """Who stands for the government's side: the department that whistled; where none did, the
    company's house that took the claim in."""
    department = case.claim.department
    return (department, needs) if department else (case.owner, Permission.CLAIM_HANDLE)


def refusal(case: Case, act: Act, by: User | None) -> str:
    """Why this person may not do this with the claim; empty when they may."""
    if check := _CHECKS.get(act):
        return check(case.claim, by)
    return ""


def not_responsible(claim: Claim, by: User | None) -> str:
    """First asked, first responsible (S2-6.2.4a): others take over by a hand-over that the person
    accepts; whoever leads the unit may act for them."""
    case = claim.case
    person = case.responsible
    if by is None or person is None or person.pk == by.pk:
        return ""
    if works_for(by, Permission.CASE_APPROVE, case.holder):
        return ""
    return _("该诉求由首问责任人%(name)s办理；他人接手须先移交并由接手人确认。") % {
        "name": person.name
    }


def _take(claim: Claim, by: User | None) -> str:
    """Who works at the grid reports in; where its manager is known, that person or who leads."""
    return _("该诉求尚未定位到网格，请先确定网格。") if claim.grid_id is None else ""


def _reply(claim: Claim, by: User | None) -> str:
    if why_not := not_responsible(claim, by):
        return why_not
    if claim.kind == Claim.Kind.UTILITY:
        return _("水气热诉求须转交对方单位，并登记接收情况。")
    if claim.kind == Claim.Kind.DISPUTE and not claim.mediation:
        return _("涉电纠纷须先登记调解人员和结果。")
    if claim.joint and claim.signatures.count() < len(claim.signatures.model.Side):
        return _("协同办理的诉求须由供电企业和政府网格双方签署后办结。")
    return ""


def _pass_on(claim: Claim, by: User | None) -> str:
    if claim.kind != Claim.Kind.UTILITY:
        return _("涉电诉求内转外不转：只有水气热诉求转交对方单位。")
    return not_responsible(claim, by)


_CHECKS: dict[Act, Callable[[Claim, User | None], str]] = {
    Act.TAKE: _take,
    Act.CONTACT: not_responsible,
    Act.ARRIVE: not_responsible,
    Act.REPLY: _reply,
    Act.PASS_ON: _pass_on,
}
