"""Handing an issued report on: by mail to offices, and upwards as the office's own filing.

Source: campaign plan 五(一)5 (S1-5.1.5): the bureau reports to the national leading group.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Duty
from campaign.people import people_of
from core import audit, clock, files, outbox
from core.errors import Refused
from core.models import StoredFile
from reporting import chapters
from reporting.models import Filing, StageReport
from reporting.notifications import report as wording
from reporting.reading import Reading
from reporting.services import drafting
from reporting.services.reports.addressing import UPWARD
from reporting.workflow import report as workflow
from reporting.workflow.filing import State as FilingState

if TYPE_CHECKING:
    from accounts.models import Organisation, User

UPWARD_PART = "upward_report"
TEXT_LIMIT = 8000


def files_of(report: StageReport) -> list[StoredFile]:
    """The printed files of the current version: .docx, PDF, workbook. Raises ``Refused``."""
    version = report.current_version
    stored = [version.docx, version.pdf, version.xlsx] if version else []
    if not stored or None in stored:
        raise Refused(_("报告文件还没有生成完整，不能发送。"))
    return stored


@transaction.atomic
def send(
    *, report: StageReport, to: Iterable[Organisation], by: User, now: datetime
) -> list[Organisation]:
    """Mail the issued report with its files to offices, each once. Raises ``Refused``."""
    if why_not := workflow.refusal(workflow.SEND, report, by=by):
        raise Refused(why_not)
    offices, stored = list(to), files_of(report)
    if not offices:
        raise Refused(_("请选择收件单位。"))
    if without := [str(office) for office in offices if not office.email]:
        raise Refused(_("以下单位没有登记邮箱：%(names)s。") % {"names": "、".join(without)})
    day = clock.day_of(now)
    for office in offices:
        outbox.post(**wording.sent(report, office, stored), now=now)
        for person in people_of(office, Permission.REPORT_VIEW, on=day):
            outbox.post(**wording.arrived(report, office, person), now=now)
    audit.record("report.send", report, by=by, now=now, to=[office.code for office in offices])
    return offices


def upward_duty(report: StageReport) -> Duty | None:
    """The office's own duty that this report fulfils, if the phase has one."""
    found = Duty.objects.filter(
        definition__campaign=report.campaign,
        definition__phase=report.phase,
        organisation=report.organisation,
    ).select_related("definition", "recipient", "organisation")
    return next((duty for duty in found if UPWARD_PART in duty.definition.parts), None)


def upward_refusal(report: StageReport, *, by: User) -> str:
    """Why the report cannot be handed upwards now; empty when it can."""
    if why_not := workflow.refusal(workflow.UPWARD, report, by=by):
        return why_not
    if report.template.content.get("addressee") not in UPWARD:
        return _("这类报告不向上级报送。")
    duty = upward_duty(report)
    if duty is None:
        return _("本阶段没有向上级报送的任务。")
    return drafting.start_refusal(duty, by=by)


def prepare_upward(*, report: StageReport, by: User, now: datetime) -> Filing:
    """Put the issued report into the office's own filing; a second person certifies it there.

    Text and files are made ready before the transaction; an issued report changes no more. Raises
    ``Refused``.
    """
    if why_not := upward_refusal(report, by=by):
        raise Refused(why_not)
    text, copies = summary(report), []
    for stored in files_of(report):
        with files.open(stored) as content:
            copies.append(files.receive(content, purpose="filing", name=stored.name))
    return _fill_in(report, {UPWARD_PART: text} | _sections(report), copies, by=by, now=now)


def _sections(report: StageReport) -> dict[str, str]:
    """The chapters that the duty asks for by themselves, by the part that they are."""
    assert report.current_version is not None
    assert report.snapshot is not None
    values = Reading(report.snapshot).values
    words = {one["code"]: one for one in report.current_version.chapters}
    found = {}
    for chapter in report.template.content["chapters"]:
        if "part" in chapter and chapter["code"] in words:
            pieces = chapters.parse(words[chapter["code"]])[1:]
            lines = [p.text for p in pieces if p.kind in ("heading", "paragraph")]
            found[chapter["part"]] = chapters.bind("\n".join(lines), values)[:TEXT_LIMIT]
    return found


@transaction.atomic
def _fill_in(
    report: StageReport,
    texts: dict[str, str],
    copies: list[files.Received],
    *,
    by: User,
    now: datetime,
) -> Filing:
    if why_not := upward_refusal(report, by=by):
        raise Refused(why_not)
    duty = upward_duty(report)
    assert duty is not None
    filing = drafting.start(duty=duty, by=by, now=now)
    version = filing.current_version
    if version is None or version.state != FilingState.DRAFT:
        raise Refused(_("上报材料正在办理，不能重新生成。"))
    for attachment in version.attachments.filter(part=UPWARD_PART):
        drafting.detach(attachment=attachment, by=by, now=now)
    for part, text in texts.items():
        if part in duty.definition.parts:
            drafting.save_part(
                filing=filing,
                part=part,
                text=text,
                seen=version.revisions.get(part, 0),
                by=by,
                now=now,
            )
    for received in copies:
        drafting.attach_received(
            filing=filing,
            part=UPWARD_PART,
            received=received,
            caption=report.document_number,
            by=by,
            now=now,
        )
    audit.record("report.upward", report, by=by, now=now, duty=duty.pk)
    return Filing.objects.get(pk=filing.pk)


def summary(report: StageReport) -> str:
    """The paragraphs of the report with their figures, as plain text."""
    assert report.current_version is not None
    assert report.snapshot is not None
    values = Reading(report.snapshot).values
    lines = []
    for chapter in report.current_version.chapters:
        for piece in chapters.parse(chapter):
            if piece.kind in ("heading", "paragraph"):
                lines.append(chapters.bind(piece.text, values))
    return "\n".join(lines)[:TEXT_LIMIT]
