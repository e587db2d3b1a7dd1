"""Good-practice articles: written, approved by a second person, shared (S1-2.2.5f)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.territory import regulator_for
from campaign import demonstration_letters as letters
from campaign import demonstration_workflow as workflow
from campaign.demonstration_workflow import PracticeState
from campaign.models import Campaign, Demonstration, GoodPractice, PracticeShare
from campaign.people import people_of
from campaign.services.convening import readers
from campaign.services.groups import manager
from campaign.workflow import CampaignState
from core import audit, clock, masking, outbox
from core.errors import Refused
from core.models import AuditEvent


@transaction.atomic
def draft_practice(
    *,
    campaign: Campaign,
    author: Organisation,
    title: str,
    body: str,
    by: User,
    now: datetime,
    unit: Demonstration | None = None,
) -> GoodPractice:
    """Begin an article for one's own office or company. Raises ``Refused``."""
    manager(by, author)
    if campaign.state == CampaignState.DRAFT:
        raise Refused(_("专项行动不在实施中。"))
    if unit is not None and unit.campaign_id != campaign.pk:
        raise Refused(_("所选示范单位不在本次专项行动中。"))
    _check(title, body)
    on = clock.day_of(now)
    made = GoodPractice.objects.create(
        campaign=campaign,
        unit=unit,
        title=masking.mask_text(title.strip()),
        body=masking.mask_text(body.strip()),
        author=author,
        office=author if author.is_regulator else regulator_for(author, on)[0],
        drafted_at=now,
        drafted_by=by,
    )
    audit.record("practice.draft", made, by=by, now=now, organisation=author)
    return made


def _check(title: str, body: str) -> None:
    if not title.strip() or not body.strip():
        raise Refused(_("请填写标题和正文。"))


@transaction.atomic
def revise_practice(
    *, practice: GoodPractice, title: str, body: str, by: User, now: datetime
) -> GoodPractice:
    """Change a draft. Whoever wrote last counts as its author. Raises ``Refused``."""
    practice = locked_practice(practice)
    if why_not := workflow.writing_refusal(practice, by=by):
        raise Refused(why_not)
    _check(title, body)
    practice.title, practice.body = (masking.mask_text(one.strip()) for one in (title, body))
    practice.drafted_by = by
    practice.save(update_fields=["title", "body", "drafted_by"])
    audit.record("practice.revise", practice, by=by, now=now, organisation=practice.author)
    return practice


@transaction.atomic
def submit_practice(*, practice: GoodPractice, by: User, now: datetime) -> GoodPractice:
    """Hand a draft to the office's head. Raises ``Refused``."""
    practice = locked_practice(practice)
    if why_not := workflow.writing_refusal(practice, by=by):
        raise Refused(why_not)
    practice.state, practice.submitted_at, practice.submitted_by = PracticeState.SUBMITTED, now, by
    practice.save(update_fields=["state", "submitted_at", "submitted_by"])
    audit.record("practice.submit", practice, by=by, now=now, organisation=practice.author)
    on = clock.day_of(now)
    for person in people_of(practice.office, workflow.APPROVE, on=on):
        if person.pk not in (by.pk, practice.drafted_by_id):
            outbox.post_all(letters.practice_submitted(practice, person), now=now)
    return practice


def own_words(practice: GoodPractice, *, by: User) -> str:
    """Why the person may not judge words that they wrote before somebody else wrote last; empty
    when they may."""
    wrote = AuditEvent.objects.about(practice).filter(
        kind__in=("practice.draft", "practice.revise")
    )
    if wrote.filter(actor_id=by.pk).exists():
        return _("起草人、提交人不能审定自己的材料。")
    return ""


@transaction.atomic
def judge_practice(
    *, practice: GoodPractice, approve: bool, note: str, by: User, now: datetime
) -> GoodPractice:
    """A second person approves an article or sends it back. Raises ``Refused``."""
    practice = locked_practice(practice)
    if why_not := workflow.judging_refusal(practice, by=by) or own_words(practice, by=by):
        raise Refused(why_not)
    if not approve and not note.strip():
        raise Refused(_("请写明退回原因。"))
    practice.state = PracticeState.APPROVED if approve else PracticeState.DRAFT
    practice.decided_at, practice.decided_by = now, by
    practice.decision_note = note.strip()[:300]
    practice.save(update_fields=["state", "decided_at", "decided_by", "decision_note"])
    audit.record(
        "practice.approve" if approve else "practice.send_back",
        practice,
        by=by,
        now=now,
        organisation=practice.office,
        reason=practice.decision_note,
    )
    if not approve:
        outbox.post_all(letters.practice_returned(practice, practice.drafted_by), now=now)
    return practice


@transaction.atomic
def share_practice(
    *,
    practice: GoodPractice,
    organisations: Iterable[Organisation],
    publish: bool,
    by: User,
    now: datetime,
) -> int:
    """Share an approved article with organisations, each told once, or with everybody.

    Says with how many it was shared anew. Raises ``Refused``.
    """
    practice = locked_practice(practice)
    if why_not := workflow.sharing_refusal(practice, by=by):
        raise Refused(why_not)
    if practice.recalls.filter(granted__isnull=True).exists():
        raise Refused(_("已有人提请撤回，办理之前不再推广。"))
    chosen = {one.pk: one for one in organisations}
    had = set(practice.shares.values_list("organisation", flat=True))
    fresh = [one for pk, one in chosen.items() if pk not in had]
    public = publish and practice.published_at is None
    if not fresh and not public:
        raise Refused(_("请选择推广单位，或者选择向社会公开。"))
    PracticeShare.objects.bulk_create(
        PracticeShare(practice=practice, organisation=one, shared_at=now) for one in fresh
    )
    if public:
        practice.published_at = now
        practice.save(update_fields=["published_at"])
    audit.record(
        "practice.share",
        practice,
        by=by,
        now=now,
        organisation=practice.office,
        organisations=[one.code for one in fresh],
        public=public,
    )
    for one in fresh:
        for person in readers(one, now):
            outbox.post_all(letters.practice_shared(practice, one, person), now=now)
    return len(fresh)


def locked_practice(practice: GoodPractice) -> GoodPractice:
    return (
        GoodPractice.objects.select_for_update(of=("self",))
        .select_related("author", "office", "drafted_by", "campaign")
        .get(pk=practice.pk)
    )
