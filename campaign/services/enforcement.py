"""Enforcement step by step: a matter, its documents signed by a second person, publication.

Source: campaign plan 三(六)2 (S1-3.3.6(2)), 二(二)3 (S1-2.2.3), 一(一)2 (S1-1.1.2c).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import enforcement_documents, enforcement_letters, numbers
from campaign import enforcement_workflow as workflow
from campaign.enforcement_workflow import DisclosureState, MatterState, Measure, StepState
from campaign.models import (
    EnforcementDisclosure,
    EnforcementMatter,
    EnforcementPaper,
    EnforcementStep,
    LegalArticle,
    RectificationItem,
)
from campaign.people import people_of
from campaign.scope import works_for
from campaign.services.rectification import clean
from complaints import naming
from core import audit, clock, masking, outbox, sla
from core.errors import Conflict, Refused
from core.locking import held

RELATED = ("enterprise", "regulator", "campaign")
STEP_RELATED = ("matter__enterprise", "matter__regulator", "drafted_by")
# Shorter names would forbid half of all words.
SHORTEST_NAME = 2


@numbers.register_series
def is_taken(issuer: Organisation, number: str) -> bool:
    """Numbers of enforcement documents stand in the one series of their office."""
    given = EnforcementStep.objects.filter(matter__regulator=issuer, document_number=number)
    return given.exists()


def open_refusal(regulator: Organisation, *, by: User) -> str:
    """Why the person may not begin a matter for the office; empty when they may."""
    if works_for(by, workflow.MANAGE, regulator):
        return ""
    return _("由%(name)s具有“%(permission)s”权限的人员办理。") % {
        "name": regulator,
        "permission": workflow.MANAGE.label,
    }


@transaction.atomic
def open_matter(
    *, items: Sequence[RectificationItem], title: str, cause: str, by: User, now: datetime
) -> EnforcementMatter:
    """Begin with items of one enterprise that are overdue; each stands in one open matter at most.

    Raises ``Refused``.
    """
    held_items = [
        held(RectificationItem.objects.all(), one.pk, "unit", "regulator") for one in items
    ]
    if not held_items:
        raise Refused(_("请选择逾期的整改事项。"))
    first = held_items[0]
    if why_not := open_refusal(first.regulator, by=by):
        raise Refused(why_not)
    for item in held_items:
        if (item.unit_id, item.regulator_id) != (first.unit_id, first.regulator_id):
            raise Refused(_("一次只能处理同一企业的整改事项。"))
        if not RectificationItem.objects.overdue(now=now).filter(pk=item.pk).exists():
            raise Refused(_("整改事项%(number)s没有逾期。") % {"number": item.number})
        if item.enforcement_matters.filter(state=MatterState.OPEN).exists():
            raise Refused(_("整改事项%(number)s已在执法处理中。") % {"number": item.number})
    title, cause = clean(title)[:100], clean(cause)
    if not title or not cause:
        raise Refused(_("请填写事由、事实和理由。"))
    matter = EnforcementMatter.objects.create(
        enterprise=first.unit,
        regulator=first.regulator,
        campaign=first.campaign,
        title=title,
        cause=cause,
        opened_at=now,
        opened_by=by,
    )
    matter.items.set(held_items)
    trace("open", matter, by=by, now=now, items=[one.number for one in held_items])
    return matter


def trace(
    act: str, matter: EnforcementMatter, *, by: User, now: datetime, **details: object
) -> None:
    place = matter.regulator
    audit.record(f"enforcement.{act}", matter, by=by, now=now, organisation=place, **details)


def locked_matter(matter: EnforcementMatter) -> EnforcementMatter:
    return held(EnforcementMatter.objects.all(), matter.pk, *RELATED)


def _locked_step(step: EnforcementStep) -> EnforcementStep:
    return held(EnforcementStep.objects.all(), step.pk, *STEP_RELATED)


@transaction.atomic
def draft_step(
    *,
    matter: EnforcementMatter,
    measure: str,
    facts: str,
    demands: str,
    articles: Iterable[LegalArticle],
    due_on: date,
    by: User,
    now: datetime,
    skip_reason: str = "",
) -> EnforcementStep:
    """Draft the next document. A measure needs the one before it, or a written reason.

    Raises ``Refused``.
    """
    matter = locked_matter(matter)
    if why_not := workflow.manage_refusal(matter, by=by):
        raise Refused(why_not)
    cited = list(articles)
    _check_step(matter, measure, cited, due_on, skip_reason, now)
    facts, demands = clean(facts), clean(demands)
    if not facts or not demands:
        raise Refused(_("请填写事实和要求。"))
    step = EnforcementStep.objects.create(
        matter=matter,
        measure=measure,
        skip_reason=clean(skip_reason)[:300],
        facts=facts,
        demands=demands,
        due_at=sla.day_end(due_on),
        drafted_at=now,
        drafted_by=by,
    )
    step.articles.set(cited)
    told = {"articles": [one.code for one in cited], "skipped": bool(step.skip_reason)}
    trace("draft", matter, by=by, now=now, measure=measure, **told)
    return step


def _check_step(
    matter: EnforcementMatter,
    measure: str,
    cited: list[LegalArticle],
    due_on: date,
    skip_reason: str,
    now: datetime,
) -> None:
    if measure not in Measure.values:
        raise Refused(_("没有这种措施。"))
    if matter.steps.filter(state=StepState.DRAFT).exists():
        raise Refused(_("已有一份文书待签发。"))
    if matter.closings.waiting().exists():
        raise Refused(_("已提请结案，请先办理或者撤回结案提请，再起草文书。"))
    taken = matter.steps.out().values_list("measure", flat=True)
    before = workflow.missing(measure, taken)
    if before is not None and not skip_reason.strip():
        words = {"before": before.label, "measure": Measure(measure).label}
        raise Refused(_("尚未%(before)s，直接%(measure)s的须写明越级理由。") % words)
    if measure in workflow.NEEDS_ARTICLE and not cited:
        raise Refused(_("请引用法律依据。"))
    if why_not := _outdated(cited, sla.day_end(due_on), now):
        raise Refused(why_not)


def _outdated(cited: Iterable[LegalArticle], due_at: datetime, now: datetime) -> str:
    """Why a document could not go out now for its articles or its day; empty when it could."""
    today = clock.day_of(now)
    if old := [str(one) for one in cited if not one.counts_on(today)]:
        return _("%(articles)s现在不具有效力。") % {"articles": "、".join(old)}
    return _("反馈期限不能早于今天。") if due_at <= now else ""


def _check_signing(step: EnforcementStep, now: datetime) -> None:
    """What was right when it was drafted may not be on the day of its signature."""
    if why_not := _outdated(step.articles.all(), step.due_at, now):
        raise Refused(_("%(reason)s请作废这份文书，改好后重新起草。") % {"reason": why_not})


@transaction.atomic
def drop_step(*, step: EnforcementStep, by: User, now: datetime) -> EnforcementStep:
    """Throw a draft away. Raises ``Refused``."""
    step = _locked_step(step)
    if why_not := workflow.manage_refusal(step.matter, by=by):
        raise Refused(why_not)
    if step.state != StepState.DRAFT:
        raise Refused(_("该文书已经签发或作废。"))
    step.state = StepState.DROPPED
    step.save(update_fields=["state"])
    trace("drop", step.matter, by=by, now=now, measure=step.measure)
    return step


@transaction.atomic
def issue_step(*, step: EnforcementStep, by: User, now: datetime) -> EnforcementStep:
    """Sign a document; it gets the next number of the office's series (an older one keeps the
    number that was typed), and the enterprise is written to.

    Never its drafter; and not where everything was put right meanwhile. Raises ``Refused``.
    """
    step = _locked_step(step)
    matter = step.matter
    if why_not := workflow.issue_refusal(step, by=by):
        raise Refused(why_not)
    if not matter.items.unfinished().exists():
        raise Refused(_("整改事项均已销号，不再签发。"))
    _check_signing(step, now)
    number = numbers.take(matter.regulator, now=now)
    standing = EnforcementStep.objects.filter(pk=step.pk, state=StepState.DRAFT)
    values = {"state": StepState.ISSUED, "document_number": number}
    if not standing.update(**values, issued_at=now, issued_by=by):
        raise Conflict(_("该文书刚被他人办理，请刷新后再试。"))
    step = _locked_step(step)
    EnforcementPaper.objects.create(step=step, items=enforcement_documents.item_rows(matter))
    trace("issue", matter, by=by, now=now, measure=step.measure, number=number)
    for person in _company(step, now):
        outbox.post_all(enforcement_letters.issued(step, person), now=now)
    return step


def _company(step: EnforcementStep, now: datetime) -> list[User]:
    on = clock.day_of(now)
    return people_of(step.matter.enterprise, Permission.RECTIFICATION_HANDLE, on=on)


@transaction.atomic
def answer_step(*, step: EnforcementStep, answer: str, by: User, now: datetime) -> EnforcementStep:
    """The enterprise says what it does about it; the office is told. Raises ``Refused``."""
    step = _locked_step(step)
    if why_not := workflow.answer_refusal(step, by=by):
        raise Refused(why_not)
    answer = clean(answer)
    if not answer:
        raise Refused(_("请填写反馈。"))
    step.state, step.answer, step.answered_at, step.answered_by = (
        StepState.ANSWERED,
        answer,
        now,
        by,
    )
    step.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    audit.record(
        "enforcement.answer",
        step.matter,
        by=by,
        now=now,
        organisation=step.matter.enterprise,
        number=step.document_number,
        late=now > step.due_at,
    )
    on = clock.day_of(now)
    for person in people_of(step.matter.regulator, workflow.MANAGE, on=on):
        outbox.post_all(enforcement_letters.answered(step, person), now=now)
    return step


# -- publication -----------------------------------------------------------------------------------


def without_persons(text: str, matter: EnforcementMatter) -> str:
    """A text for the public: names of those who answered for items become 某某, numbers go."""
    text = masking.mask_text(text)
    people = User.objects.filter(
        pk__in=matter.items.filter(responsible_person__isnull=False).values("responsible_person")
    )
    for name in people.values_list("name", flat=True):
        if len(name) >= SHORTEST_NAME:
            text = text.replace(name, f"{name[0]}某")
    return naming.REMAINS.sub(naming.SOMEBODY, text)


@transaction.atomic
def propose_disclosure(
    *, matter: EnforcementMatter, title: str, text: str, by: User, now: datetime
) -> EnforcementDisclosure:
    """Write what the public shall read; persons are masked in it. Raises ``Refused``."""
    matter = locked_matter(matter)
    if not works_for(by, workflow.MANAGE, matter.regulator):
        raise Refused(open_refusal(matter.regulator, by=by))
    if not matter.steps.out().exists():
        raise Refused(_("尚未送达任何文书，不能公开。"))
    if matter.disclosures.filter(state=DisclosureState.PROPOSED).exists():
        raise Refused(_("已有一份公开内容待批准。"))
    title, text = (without_persons(one.strip(), matter) for one in (title, text))
    if not title or not text:
        raise Refused(_("请填写标题和公开内容。"))
    disclosure = EnforcementDisclosure.objects.create(
        matter=matter,
        title=title[:120],
        text=clean(text),
        proposed_at=now,
        proposed_by=by,
    )
    trace("propose", matter, by=by, now=now)
    return disclosure


def locked_disclosure(disclosure: EnforcementDisclosure) -> EnforcementDisclosure:
    related = ("matter__enterprise", "matter__regulator")
    return held(EnforcementDisclosure.objects.all(), disclosure.pk, *related)


@transaction.atomic
def publish(*, disclosure: EnforcementDisclosure, by: User, now: datetime) -> EnforcementDisclosure:
    """Another person approves; from now on everybody reads it. Raises ``Refused``."""
    disclosure = locked_disclosure(disclosure)
    if why_not := workflow.publish_refusal(disclosure, by=by):
        raise Refused(why_not)
    disclosure.state = DisclosureState.PUBLISHED
    disclosure.published_at, disclosure.published_by = now, by
    disclosure.save(update_fields=["state", "published_at", "published_by"])
    trace("publish", disclosure.matter, by=by, now=now)
    return disclosure
