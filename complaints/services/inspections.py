"""Proposals to inspect where cases gather: made by a person or by the daily round, and decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.territory import regulator_for
from complaints.analysis import gathering
from complaints.models import Case, CountingRule, InspectionProposal
from core import audit, clock
from core.errors import Conflict, Refused

if TYPE_CHECKING:
    from accounts.models import User

State = InspectionProposal.State
LONGEST_REASON = 500


def refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not propose or decide for the office; empty when they may."""
    if organisation.is_regulator and works_for(by, Permission.CASE_SUPERVISE, organisation):
        return ""
    return _("由%(organisation)s具有“%(permission)s”权限的人员办理。") % {
        "organisation": organisation,
        "permission": Permission.CASE_SUPERVISE.label,
    }


@transaction.atomic
def propose(
    *,
    organisation: Organisation,
    respondent: Organisation,
    category: str,
    by: User | None,
    now: datetime,
) -> tuple[InspectionProposal, bool]:
    """Propose to inspect a company for what gathers there; an open proposal is not made again.

    The cases of the window are kept as evidence. Returns the proposal and whether it is new.
    Raises ``Refused``: also where fewer cases than the rule asks for gather.
    """
    if by is not None and (why_not := refusal(organisation, by=by)):
        raise Refused(why_not)
    today = clock.day_of(now)
    rule = _rule(today)
    period = rule.window(today)
    seen = Case.objects.visible_to(by) if by is not None else Case.objects.all()
    found = gathering.evidence(seen, rule, period, respondent=respondent, category=category)
    # Which they are is enough: what they say need not be deciphered.
    cases = list(found.values_list("pk", flat=True))
    if len(cases) < rule.threshold:
        words = {"n": len(cases), "threshold": rule.threshold}
        raise Refused(_("只有%(n)d件，未达到%(threshold)d件，不能提出稽查建议。") % words)
    proposal, new = InspectionProposal.objects.get_or_create(
        organisation=organisation,
        respondent=respondent,
        category=category,
        state=State.OPEN,
        defaults={
            "rule": rule,
            "first_day": period.first,
            "last_day": period.last,
            "count": len(cases),
            "created_by": by,
            "created_at": now,
        },
    )
    if new:
        proposal.evidence.set(cases)
        audit.record(
            "inspection.propose",
            proposal,
            by=by,
            now=now,
            organisation=organisation,
            respondent=respondent.code,
            count=len(cases),
        )
    return proposal, new


def _rule(day: date) -> CountingRule:
    rule = gathering.rule_on(gathering.CLUSTER, day)
    if rule is None:
        raise Refused(_("没有生效的统计规则。"))
    return rule


@transaction.atomic
def decide(
    *, proposal: InspectionProposal, accept: bool, reason: str, by: User, now: datetime
) -> InspectionProposal:
    """Accept or reject a proposal, with the reason. Raises ``Refused``, ``Conflict``."""
    locked = InspectionProposal.objects.select_for_update(of=("self",))
    proposal = locked.select_related("organisation").get(pk=proposal.pk)
    if why_not := refusal(proposal.organisation, by=by):
        raise Refused(why_not)
    reason = reason.strip()
    if not reason:
        raise Refused(_("请写明理由。"))
    if len(reason) > LONGEST_REASON:
        raise Refused(_("理由不能超过%(n)d字。") % {"n": LONGEST_REASON})
    if proposal.state != State.OPEN:
        raise Conflict(_("该建议已经作出决定，请刷新页面。"))
    proposal.state = State.ACCEPTED if accept else State.REJECTED
    proposal.reason, proposal.decided_by, proposal.decided_at = reason, by, now
    proposal.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    audit.record(
        "inspection.accept" if accept else "inspection.reject",
        proposal,
        by=by,
        now=now,
        organisation=proposal.organisation,
        reason=reason,
    )
    return proposal


def detect(*, now: datetime) -> int:
    """Propose an inspection for every cluster that has none; says how many. Safe to run twice.

    What was decided is not proposed again while its cases still stand in the window.
    """
    today = clock.day_of(now)
    rule = gathering.rule_on(gathering.CLUSTER, today)
    if rule is None:
        return 0
    period, made = rule.window(today), 0
    # One that waits to be decided is not made again either, however long it has waited.
    standing = Q(state=State.OPEN) | Q(last_day__gte=period.first)
    known = set(InspectionProposal.objects.filter(standing).values_list("respondent", "category"))
    found = gathering.clusters(Case.objects.all(), rule, period)
    fresh = [one for one in found if (one.organisation, one.category) not in known]
    companies = Organisation.objects.in_bulk([one.organisation for one in fresh])
    for one in fresh:
        respondent = companies[one.organisation]
        office, _copy = regulator_for(respondent, today)
        made += propose(
            organisation=office,
            respondent=respondent,
            category=one.category,
            by=None,
            now=now,
        )[1]
    return made
