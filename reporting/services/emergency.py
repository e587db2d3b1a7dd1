"""Emergency plans: written section by section, filed with a receipt, reviewed, drilled.

Source: campaign plan 二(一)1 (S1-2.1.1c), 二(二)1 (S1-2.2.1c), 四 (S1-4.2f).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import territory
from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from campaign.people import people_of
from core import audit, clock, files, masking, outbox
from core.errors import Conflict, Refused
from reporting import shortage
from reporting.models import (
    EmergencyDrill,
    EmergencyPlan,
    EmergencyPlanFile,
    EmergencyPlanVersion,
    ShortageRule,
)
from reporting.notifications import shortage as wording
from reporting.ordered import emergency as rules
from reporting.services.submission import due_by_rule, number_of, verify_code
from reporting.workflow import emergency as workflow

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.workflow.report import Move

PURPOSE = "filing"
MOST_FILES, LONGEST = 10, 20_000
S = workflow.State


def draft_refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person may not write emergency plans of a unit; empty when they may."""
    if organisation.is_company and works_for(by, Permission.FILING_DRAFT, organisation):
        return ""
    return _("应急预案由供电单位具有“填报”权限的人员编制。")


@transaction.atomic
def begin(organisation: Organisation, *, title: str, by: User, now: datetime) -> EmergencyPlan:
    """Begin an emergency plan of a unit. Raises ``Refused``."""
    if why_not := draft_refusal(organisation, by=by):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    title = title.strip()
    if EmergencyPlan.objects.filter(organisation=organisation, title=title).exists():
        raise Refused(_("该单位已有名为“%(title)s”的预案，请修订原预案。") % {"title": title})
    office, _copy = territory.regulator_for(organisation, clock.day_of(now))
    plan = EmergencyPlan.objects.create(
        organisation=organisation, recipient=office, title=title, created_at=now
    )
    _version(plan, sections={}, by=by, now=now)
    _record(plan, "begin", by=by, now=now)
    return plan


def _version(
    plan: EmergencyPlan, *, sections: Mapping[str, str], by: User, now: datetime
) -> EmergencyPlanVersion:
    last = plan.versions.aggregate(last=Max("number"))["last"] or 0
    made = EmergencyPlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        sections=dict(sections),
        editors=[by.pk],
        drafted_at=now,
    )
    plan.current_version = made
    plan.save(update_fields=["current_version"])
    return made


def _locked(
    plan: EmergencyPlan, move: Move, *, by: User
) -> tuple[EmergencyPlan, EmergencyPlanVersion]:
    found = (
        EmergencyPlan.objects.select_for_update(of=("self",))
        .select_related("organisation", "recipient", "current_version")
        .get(pk=plan.pk)
    )
    if why_not := workflow.refusal(move, found, by=by):
        raise Refused(why_not)
    version = found.current_version
    assert version is not None
    version.plan = found
    return found, version


@transaction.atomic
def save(
    plan: EmergencyPlan,
    *,
    sections: Mapping[str, str],
    approval_body: str,
    approval_number: str,
    approved_on: date | None,
    seen: int,
    by: User,
    now: datetime,
) -> EmergencyPlanVersion:
    """Keep what was written so far. ``seen``: the saving that was shown.

    Raises ``Refused``, ``Conflict``.
    """
    plan, version = _locked(plan, workflow.SAVE, by=by)
    if seen != version.revision:
        raise Conflict(_("预案刚被他人保存过，请刷新页面，核对后再修改。"))
    known = {one["code"] for one in shortage.sections(on=clock.day_of(now))}
    texts = {code: text.replace("\r\n", "\n").strip() for code, text in sections.items()}
    if any(len(text) > LONGEST for text in texts.values()):
        raise Refused(_("每一部分不超过%(n)d字，较长的内容请作为附件。") % {"n": LONGEST})
    if approved_on is not None and approved_on > clock.day_of(now):
        raise Refused(_("批准日期不能晚于今天。"))
    version.sections = {code: text for code, text in texts.items() if code in known and text}
    version.approval_body, version.approval_number = approval_body.strip(), approval_number.strip()
    version.approved_on = approved_on
    version.due_at, version.due_explanation = _filing_due(version)
    version.revision += 1
    _edited(version, by)
    version.save()
    _record(plan, "save", by=by, now=now, version=version.number)
    return version


def _filing_due(version: EmergencyPlanVersion) -> tuple[datetime | None, list[Any]]:
    """By when to file: of what was sent back the letter's day; else by the rule in force when it
    was approved, and without one nothing runs."""
    before = version.plan.versions.filter(number=version.number - 1).first()
    if before is not None and before.state == S.RETURNED:
        return before.new_due_at, []
    if version.approved_on is None:
        return None, []
    try:
        due = shortage.due(
            "emergency_filing", clock.at(version.approved_on), on=version.approved_on
        )
    except ShortageRule.DoesNotExist:
        return None, []
    return due.due_at, list(due.explanation)


def _edited(version: EmergencyPlanVersion, by: User) -> None:
    if by.pk not in version.editors:
        version.editors = [*version.editors, by.pk]


def attach(
    plan: EmergencyPlan, *, upload: IO[bytes], name: str = "", by: User, now: datetime
) -> EmergencyPlanFile:
    """Add a file to the draft. Raises ``files.Rejected``, ``Refused``."""
    fresh = EmergencyPlan.objects.select_related("organisation", "current_version")
    if why_not := workflow.refusal(workflow.SAVE, fresh.get(pk=plan.pk), by=by):
        raise Refused(why_not)
    received = files.receive(upload, purpose=PURPOSE, name=name)
    with transaction.atomic():
        plan, version = _locked(plan, workflow.SAVE, by=by)
        if version.files.count() >= MOST_FILES:
            raise Refused(_("附件数量已达上限%(limit)d个。") % {"limit": MOST_FILES})
        stored = files.enter(received, by=by, now=now, organisation=plan.organisation)
        made = EmergencyPlanFile.objects.create(
            version=version, file=stored, added_by=by, added_at=now
        )
        _edited(version, by)
        version.save(update_fields=["editors"])
        _record(plan, "attach", by=by, now=now, sha256=stored.sha256)
    return made


@transaction.atomic
def detach(kept: EmergencyPlanFile, *, by: User, now: datetime) -> None:
    """Take a file off the draft. Raises ``Refused``."""
    plan, version = _locked(kept.version.plan, workflow.SAVE, by=by)
    if kept.version_id != version.pk:
        raise Refused(_("已报备的版本不能改动。"))
    _edited(version, by)
    version.save(update_fields=["editors"])
    _record(plan, "detach", by=by, now=now, sha256=kept.file.sha256)
    kept.delete()


def digest_of(version: EmergencyPlanVersion) -> str:
    """SHA-256 of the words, the approval and the files, whatever their order in the tables."""
    content = {
        "title": version.plan.title,
        "organisation": version.plan.organisation.code,
        "version": version.number,
        "sections": version.sections,
        "approval": [
            version.approval_body,
            version.approval_number,
            version.approved_on.isoformat() if version.approved_on else "",
        ],
        "files": sorted(version.files.values_list("file__sha256", flat=True)),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_refusal(version: EmergencyPlanVersion, *, on: date) -> str:
    """What keeps a version from being filed: missing sections, no approval; else empty."""
    lacking = rules.missing(shortage.sections(on=on), version.sections)
    if lacking:
        return _("缺少必备内容：%(sections)s。") % {"sections": "、".join(lacking)}
    if version.approved_on is None or not version.approval_body:
        return _("请填写批准单位和批准日期；批准后才能报备。")
    return ""


@transaction.atomic
def file(plan: EmergencyPlan, *, seen: int, by: User, now: datetime) -> EmergencyPlanVersion:
    """A second person files the plan with the regulator and gets the receipt.

    Raises ``Refused``, ``Conflict`` when the words are not those that the person was shown.
    """
    now = now.replace(microsecond=0)
    plan, version = _locked(plan, workflow.FILE, by=by)
    if seen != version.revision:
        raise Conflict(_("内容在您查看之后有改动，请重新核对后再认证。"))
    if why_not := file_refusal(version, on=clock.day_of(now)):
        raise Refused(why_not)
    office, copy_to = territory.regulator_for(plan.organisation, clock.day_of(now))
    plan.recipient = office
    version.state, version.filed_at, version.filed_by = S.FILED, now, by
    version.is_late = version.due_at is not None and now > version.due_at
    version.digest = digest_of(version)
    _give_receipt(version, office, now=now)
    version.review_due_at = due_by_rule("receive", office=office, now=now).due_at
    version.save()
    plan.filed_version = version
    plan.save(update_fields=["filed_version", "recipient"])
    details = {"digest": version.digest, "late": version.is_late, "number": version.receipt_number}
    _record(plan, "file", by=by, now=now, version=version.number, **details)
    _post(wording.emergency_filed(version, people=_filers(plan, now)), now=now)
    for place in filter(None, (office, copy_to)):
        people = people_of(place, Permission.FILING_REVIEW, on=clock.day_of(now))
        _post(wording.emergency_arrived(version, to=place, people=people), now=now)
    return version


def _give_receipt(version: EmergencyPlanVersion, office: Organisation, *, now: datetime) -> None:
    """The office's next number of the year; the office's row is held until the commit."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=office.pk)
    year = clock.day_of(now).year
    given = EmergencyPlanVersion.objects.filter(receipt_office=office, receipt_year=year)
    serial = (given.aggregate(last=Max("receipt_serial"))["last"] or 0) + 1
    version.receipt_office, version.receipt_year, version.receipt_serial = office, year, serial
    number = number_of(office, year, serial)
    version.receipt_number = _("%(number)s（应急）") % {"number": number}
    version.verify_code = verify_code(version.receipt_number, version.digest)


@transaction.atomic
def receive(plan: EmergencyPlan, *, by: User, now: datetime) -> EmergencyPlanVersion:
    """The office takes the plan in. Raises ``Refused``."""
    plan, version = _locked(plan, workflow.RECEIVE, by=by)
    version.state = S.RECEIVED
    version.review_due_at = due_by_rule("review", office=plan.recipient, now=now).due_at
    version.save(update_fields=["state", "review_due_at"])
    _record(plan, "receive", by=by, now=now, version=version.number)
    return version


@transaction.atomic
def decide(
    plan: EmergencyPlan,
    *,
    accepted: bool,
    comment: str,
    deficient: Sequence[Mapping[str, str]] = (),
    by: User,
    now: datetime,
) -> EmergencyPlanVersion:
    """Accept the plan, or return it with what is deficient and until when. Raises ``Refused``."""
    move = workflow.ACCEPT if accepted else workflow.RETURN
    plan, version = _locked(plan, move, by=by)
    if not accepted and not deficient:
        raise Refused(_("退回须至少指明一处问题。"))
    version.state = move.target
    version.reviewed_by, version.reviewed_at = by, now
    version.review_comment = masking.mask_text(comment.strip())
    version.deficient = [] if accepted else [dict(one) for one in deficient]
    if not accepted:
        version.new_due_at = due_by_rule("correction", office=plan.recipient, now=now).due_at
    version.save()
    _record(plan, move.name, by=by, now=now, version=version.number, reason=version.review_comment)
    _post(wording.emergency_decided(version, people=_filers(plan, now)), now=now)
    return version


@transaction.atomic
def revise(plan: EmergencyPlan, *, by: User, now: datetime) -> EmergencyPlanVersion:
    """Begin the next version with the words of the last. Raises ``Refused``."""
    plan, before = _locked(plan, workflow.REVISE, by=by)
    made = _version(plan, sections=before.sections, by=by, now=now)
    if before.state == S.RETURNED:
        # The approval stands; what is mended is due again by the office's own day.
        for name in ("approval_body", "approval_number", "approved_on"):
            setattr(made, name, getattr(before, name))
        made.due_at = before.new_due_at
        made.save()
    for kept in before.files.all():
        EmergencyPlanFile.objects.create(
            version=made, file=kept.file, added_by=kept.added_by, added_at=kept.added_at
        )
    _record(plan, "revise", by=by, now=now, version=made.number)
    return made


@transaction.atomic
def hold_drill(
    plan: EmergencyPlan,
    *,
    held_on: date,
    scenario: str,
    participants: int,
    findings: str,
    measures: str,
    by: User,
    now: datetime,
) -> EmergencyDrill:
    """Write down a drill that was held. Raises ``Refused``."""
    plan = EmergencyPlan.objects.select_related("organisation").get(pk=plan.pk)
    if why_not := draft_refusal(plan.organisation, by=by):
        raise Refused(why_not)
    if held_on > clock.day_of(now):
        raise Refused(_("演练日期不能晚于今天。"))
    if findings.strip() and not measures.strip():
        raise Refused(_("发现问题的，请填写改进措施。"))
    made, new = EmergencyDrill.objects.get_or_create(
        plan=plan,
        held_on=held_on,
        scenario=scenario.strip(),
        defaults={
            "organisation": plan.organisation,
            "participants": participants,
            "findings": masking.mask_text(findings.strip()),
            "measures": masking.mask_text(measures.strip()),
            "entered_by": by,
            "entered_at": now,
        },
    )
    if new:
        _record(plan, "drill", by=by, now=now, held_on=held_on.isoformat())
    return made


def _filers(plan: EmergencyPlan, now: datetime) -> list[User]:
    return people_of(plan.organisation, Permission.FILING_DRAFT, on=clock.day_of(now))


def _post(posts: Sequence[dict[str, Any]], *, now: datetime) -> None:
    outbox.post_all(posts, now=now)


def _record(plan: EmergencyPlan, name: str, *, by: User, now: datetime, **details: Any) -> None:
    audit.record(
        f"emergency.{name}", plan, by=by, now=now, organisation=plan.organisation, **details
    )
