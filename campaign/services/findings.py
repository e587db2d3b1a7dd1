"""Findings of an inspection: drafted with basis and evidence, answered, decided, concluded.

Source: campaign plan 一(一)2, 三(六) (S1-1.1.2a, S1-3.3.6(1)a): every finding cites articles that
were in force on the day of the fact. A finding that stands becomes an item of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import inspection_letters
from campaign import inspection_workflow as workflow
from campaign.inspection_workflow import FindingState, InspectionState
from campaign.models import (
    ChecklistItem,
    Finding,
    Inspection,
    LegalArticle,
    RecordEntry,
    RectificationItem,
)
from campaign.scope import works_for
from campaign.services.articles import cited
from campaign.services.inspecting import hold, tell_unit
from campaign.services.inspectors import manage_refusal, tied_refusal
from campaign.services.rectification import open_item
from campaign.services.site_records import crew_refusal
from core import audit, clock, masking, outbox, sla
from core.errors import Conflict, Refused


def answer_side_refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person does not answer for the company; empty when they do."""
    if works_for(by, Permission.INSPECTION_ANSWER, organisation):
        return ""
    return _("由%(name)s的人员确认。") % {"name": organisation}


@transaction.atomic
def draft_finding(
    *,
    inspection: Inspection,
    problem: str,
    facts: str,
    happened_on: date,
    severity: str,
    articles: Iterable[LegalArticle],
    evidence: Iterable[RecordEntry],
    requirement: str,
    rectify_on: date,
    by: User,
    now: datetime,
    item: ChecklistItem | None = None,
) -> Finding:
    """Write down a problem with its basis and evidence. Raises ``Refused``."""
    inspection = hold(inspection)
    _crew(inspection, by)
    _step(workflow.FIND, inspection)
    today = clock.day_of(now)
    evidence = list(evidence)
    if not all(words.strip() for words in (problem, facts, requirement)):
        raise Refused(_("请填写问题、事实和整改要求。"))
    if happened_on > today:
        raise Refused(_("事实发生日期不能晚于今天。"))
    if rectify_on <= today:
        raise Refused(_("整改期限应晚于今天。"))
    basis = cited(articles, on=happened_on)
    if not evidence:
        raise Refused(_("请至少选择一条现场记录作为证据。"))
    if any(one.inspection_id != inspection.pk or one.withdrawn_at for one in evidence):
        raise Refused(_("证据须是本次检查的有效记录。"))
    last = inspection.findings.aggregate(last=Max("number"))["last"] or 0
    finding = Finding.objects.create(
        inspection=inspection,
        number=last + 1,
        item=item,
        problem=masking.mask_text(problem.strip())[:200],
        facts=masking.mask_text(facts.strip()),
        happened_on=happened_on,
        severity=severity,
        requirement=masking.mask_text(requirement.strip())[:300],
        rectify_on=rectify_on,
        created_at=now,
        created_by=by,
    )
    finding.articles.set(basis)
    finding.evidence.set(evidence)
    audit.record(
        "inspection.find",
        finding,
        by=by,
        now=now,
        organisation=inspection.round.lead,
        severity=severity,
        articles=[one.code for one in basis],
    )
    return finding


@transaction.atomic
def drop_draft(*, finding: Finding, by: User, now: datetime) -> None:
    """Leave a draft out. Raises ``Refused``."""
    inspection = hold(finding.inspection)
    _crew(inspection, by)
    if finding.state != FindingState.DRAFT:
        raise Refused(_("该问题已经送交确认。"))
    audit.record(
        "inspection.drop",
        inspection,
        by=by,
        now=now,
        organisation=inspection.round.lead,
        number=finding.number,
    )
    finding.delete()


@transaction.atomic
def send_facts(*, inspection: Inspection, answer_on: date, by: User, now: datetime) -> Inspection:
    """Send the facts to the company, to be confirmed or contested by a day. Raises ``Refused``.

    Without a finding nothing waits for an answer: the record itself is what the company sees.
    """
    inspection = hold(inspection)
    _crew(inspection, by)
    _step(workflow.SEND_FACTS, inspection)
    if answer_on <= clock.day_of(now):
        raise Refused(_("确认期限应晚于今天。"))
    inspection.state = InspectionState.FACTS
    inspection.facts_sent_at, inspection.answer_due_at = now, sla.day_end(answer_on)
    inspection.save(update_fields=["state", "facts_sent_at", "answer_due_at"])
    sent = inspection.findings.filter(state=FindingState.DRAFT).update(state=FindingState.SENT)
    audit.record(
        "inspection.send_facts",
        inspection,
        by=by,
        now=now,
        organisation=inspection.round.lead,
        findings=sent,
        answer_on=answer_on.isoformat(),
    )
    tell_unit(inspection, inspection_letters.facts_sent, now=now)
    return inspection


@transaction.atomic
def answer_finding(
    *, finding: Finding, agree: bool, answer: str, by: User, now: datetime
) -> Finding:
    """The company confirms a fact or says why it does not. Raises ``Refused``, ``Conflict``.

    What is confirmed becomes an item of the ledger at once.
    """
    inspection = hold(finding.inspection)
    if why_not := answer_side_refusal(inspection.organisation, by=by):
        raise Refused(why_not)
    finding = _locked(finding, inspection)
    if why_not := workflow.answer_refusal(finding):
        raise Conflict(why_not)
    if not agree and not answer.strip():
        raise Refused(_("有异议的，请写明理由和依据。"))
    finding.state = FindingState.CONFIRMED if agree else FindingState.OBJECTED
    finding.answer = masking.mask_text(answer.strip())
    finding.answered_at, finding.answered_by = now, by
    finding.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    audit.record(
        "inspection.confirm" if agree else "inspection.object",
        finding,
        by=by,
        now=now,
        organisation=inspection.organisation,
        late=finding.overdue(now),
    )
    if agree:
        _to_ledger(finding, now=now)
    people = {seat.inspector.person for seat in inspection.team.filter(leads=True)}
    for user in {inspection.round.created_by, *people}:
        outbox.post_all(inspection_letters.answered(finding, user), now=now)
    return finding


@transaction.atomic
def decide_finding(
    *, finding: Finding, uphold: bool, decision: str, by: User, now: datetime
) -> Finding:
    """Settle an objection, or a fact that nobody answered in time, with the reason.

    The office that organises decides, not the team that found. Raises ``Refused``, ``Conflict``.
    """
    inspection = hold(finding.inspection)
    finding = _locked(finding, inspection)
    if why_not := decide_who_refusal(finding, by=by):
        raise Refused(why_not)
    if why_not := workflow.decide_refusal(finding, overdue=finding.overdue(now)):
        raise Conflict(why_not)
    if not decision.strip():
        raise Refused(_("请写明认定意见。"))
    finding.state = FindingState.UPHELD if uphold else FindingState.DROPPED
    finding.decision = masking.mask_text(decision.strip())
    finding.decided_at, finding.decided_by = now, by
    finding.save(update_fields=["state", "decision", "decided_at", "decided_by"])
    audit.record(
        "inspection.uphold" if uphold else "inspection.dismiss",
        finding,
        by=by,
        now=now,
        organisation=inspection.round.lead,
    )
    if uphold:
        _to_ledger(finding, now=now)
    return finding


def decide_who_refusal(finding: Finding, *, by: User) -> str:
    """Why the person may not settle the finding; empty when they may."""
    if why_not := manage_refusal(finding.inspection.round.lead, by=by):
        return why_not
    if finding.created_by_id == by.pk:
        return _("提出问题的人员不得自行认定，请由他人办理。")
    if finding.inspection.team.filter(inspector__person=by.pk).exists():
        return _("检查组成员不得认定本组提出的问题，请由未参加检查的人员办理。")
    return tied_refusal(finding.inspection.organisation, by=by)


def open_findings(inspection: Inspection) -> str:
    """Why there can be no conclusion yet; empty when every finding has its end."""
    left = inspection.findings.filter(state__in=workflow.OPEN_FINDINGS).count()
    return _("还有%(count)d项问题没有认定。") % {"count": left} if left else ""


@transaction.atomic
def conclude(*, inspection: Inspection, conclusion: str, by: User, now: datetime) -> Inspection:
    """Write the conclusion when nothing waits for an answer. Raises ``Refused``."""
    inspection = hold(inspection)
    if why_not := manage_refusal(inspection.round.lead, by=by) or tied_refusal(
        inspection.organisation, by=by
    ):
        raise Refused(why_not)
    _step(workflow.CONCLUDE, inspection)
    if not conclusion.strip():
        raise Refused(_("请填写检查结论。"))
    if why_not := open_findings(inspection):
        raise Refused(why_not)
    inspection.state, inspection.conclusion = InspectionState.CONCLUDED, conclusion.strip()
    inspection.concluded_at, inspection.concluded_by = now, by
    inspection.save(update_fields=["state", "conclusion", "concluded_at", "concluded_by"])
    audit.record(
        "inspection.conclude", inspection, by=by, now=now, organisation=inspection.round.lead
    )
    tell_unit(inspection, inspection_letters.concluded, now=now)
    return inspection


def _crew(inspection: Inspection, by: User) -> None:
    if why_not := crew_refusal(inspection, by=by):
        raise Refused(why_not)


def _step(step: workflow.Step, inspection: Inspection) -> None:
    if why_not := workflow.step_refusal(step, inspection):
        raise Refused(why_not)


def _locked(finding: Finding, inspection: Inspection) -> Finding:
    """The finding as it stands while its inspection is held."""
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    finding.inspection = inspection
    return finding


def _to_ledger(finding: Finding, *, now: datetime) -> RectificationItem:
    """A finding that stands becomes an item of the rectification ledger (S1-3.3.6(1)b).

    Confirmed after the day on which it was to be put right, it gets the days of the office's rule.
    """
    inspection = finding.inspection
    ahead = finding.rectify_on >= clock.day_of(now)
    number = inspection.notice_number
    return open_item(
        campaign=inspection.round.campaign,
        source_kind=RectificationItem.Source.INSPECTION,
        source_ref=_("%(number)s第%(place)d项") % {"number": number, "place": finding.number},
        source_key=f"inspection-finding:{finding.pk}",
        source_url=reverse("campaign:finding", args=[finding.pk]),
        unit=inspection.organisation,
        problem=finding.problem,
        requirement=finding.requirement,
        due_on=finding.rectify_on if ahead else None,
        due_rule=gettext_noop("现场检查事实确认书"),
        basis="、".join(str(one) for one in finding.articles.all()),
        articles=[one.code for one in finding.articles.all()],
        # The right to find was asked above; whoever confirmed is of the company.
        by=None,
        now=now,
    )


def ledger_item(finding: Finding) -> RectificationItem | None:
    """The item that the finding became."""
    return RectificationItem.objects.filter(
        source_kind=RectificationItem.Source.INSPECTION,
        source_key=f"inspection-finding:{finding.pk}",
    ).first()
