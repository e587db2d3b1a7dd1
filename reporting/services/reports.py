"""From figures to an issued document: build, edit, submit, approve, number and issue, correct.

Source: campaign plan 四, 五(一)5 (S1-4.2j, S1-5.1.5).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.territory import national_regulator
from campaign.models import Campaign, DocumentIssue, Phase
from campaign.scope import works_for
from core import audit, clock, files, jobs
from core.errors import Conflict, Refused
from core.models import AuditEvent, StoredFile
from core.officialdoc import clean, document_number
from reporting import chapters, documents
from reporting.models import (
    DocumentCounter,
    FigureSnapshot,
    ReportTemplate,
    ReportVersion,
    StageReport,
)
from reporting.services.snapshots import take_snapshot
from reporting.workflow import report as workflow
from reporting.workflow.report import State

if TYPE_CHECKING:
    from accounts.models import Organisation, User

JOB = "report.build"
STEPS = 4


def build_refusal(organisation: Organisation | None, *, by: User) -> str:
    """Why the person may not have a report built for the office; empty when they may."""
    if organisation is None or not organisation.is_regulator:
        return _("阶段报告由监管机构编制。")
    if not works_for(by, Permission.REPORT_EDIT, organisation):
        return _("由%(organisation)s具有“%(permission)s”权限的人员编制。") % {
            "organisation": organisation,
            "permission": Permission.REPORT_EDIT.label,
        }
    return ""


def template_for(phase: Phase, *, now: datetime) -> ReportTemplate:
    """The template of a phase's report that is in force. Raises ``Refused``."""
    begun = ReportTemplate.objects.filter(
        phase_number=phase.number, valid_from__lte=now.astimezone(clock.ZONE).date()
    )
    if (found := begun.order_by("-valid_from", "-version").first()) is None:
        raise Refused(_("“%(phase)s”阶段还没有报告模板。") % {"phase": phase.name})
    return found


def title_of(template: ReportTemplate, campaign: Campaign) -> str:
    """The title of a report by its template."""
    return str(template.content["title"]).format(campaign=campaign.name)


@transaction.atomic
def build(
    *,
    campaign: Campaign,
    phase: Phase,
    organisation: Organisation,
    occasion: str,
    by: User,
    now: datetime,
) -> StageReport:
    """Start building a report in the background; the same occasion gives the same report.

    Raises ``Refused``.
    """
    if why_not := build_refusal(organisation, by=by):
        raise Refused(why_not)
    template = template_for(phase, now=now)
    report, new = StageReport.objects.get_or_create(
        occasion=f"{organisation.pk}:{occasion}",
        defaults={
            "campaign": campaign,
            "phase": phase,
            "organisation": organisation,
            "template": template,
            "title": title_of(template, campaign),
            "created_by": by,
            "created_at": now,
        },
    )
    if new:
        _start_job(report, by=by, now=now)
        audit.record("report.build", report, by=by, now=now, template=str(template))
    return report


@transaction.atomic
def retry(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Build a report again that could not be built. Raises ``Refused``."""
    report = _move(report, workflow.RETRY, by=by, now=now, failure="")
    _start_job(report, by=by, now=now)
    return report


def _start_job(report: StageReport, *, by: User, now: datetime) -> None:
    tries = _retries(report)
    report.job = jobs.start(
        kind=JOB,
        by=by,
        now=now,
        payload={"report": report.pk},
        key=f"report:{report.pk}:{tries}",
        title=report.title,
    )
    report.save(update_fields=["job"])


def _retries(report: StageReport) -> int:
    """How often the building was begun again; names the job of each attempt."""
    return AuditEvent.objects.about(report).filter(kind="report.retry").count()


def run_build(report: StageReport, *, progress: Any, now: datetime) -> StageReport:
    """Count, write and print; each step is kept, so that a second run goes on where one stopped.

    ``progress(done, total, note)`` is called between the steps.
    """
    if report.state != State.BUILDING:
        return report
    progress(0, STEPS, _("正在取数"))
    snapshot = report.snapshot or _freeze(report, now=now)
    progress(1, STEPS, _("正在排印文档"))
    words = list(snapshot.template.content["chapters"])
    if report.corrects_id and report.corrects.current_version:
        words = list(report.corrects.current_version.chapters)
    heads = heads_of(report, snapshot)
    made = documents.render(snapshot, words, heads)
    progress(STEPS - 1, STEPS, _("正在保存"))
    with transaction.atomic():
        report = _lock(report)
        if report.state != State.BUILDING:
            return report
        version = ReportVersion.objects.create(
            report=report,
            number=1,
            chapters=words,
            edited_by=None,
            edited_at=now,
            **_store(report, made, by=report.created_by, now=now),
        )
        report.current_version = version
        report.state = State.DRAFT
        report.save(update_fields=["current_version", "state"])
        audit.record("report.built", report, by=None, now=now, digest=snapshot.digest)
    progress(STEPS, STEPS, "")
    return report


@transaction.atomic
def _freeze(report: StageReport, *, now: datetime) -> FigureSnapshot:
    report = _lock(report)
    if report.snapshot is None:
        report.snapshot = take_snapshot(
            campaign=report.campaign,
            phase=report.phase,
            organisation=report.organisation,
            template=report.template,
            by=report.created_by,
            now=now,
        )
        report.save(update_fields=["snapshot"])
    return report.snapshot


@transaction.atomic
def mark_failed(*, report: StageReport, reason: str, now: datetime) -> None:
    """Say on the report why it could not be built."""
    report = _lock(report)
    if report.state == State.BUILDING:
        report.state, report.failure = State.FAILED, reason
        report.save(update_fields=["state", "failure"])
        audit.record("report.failed", report, by=None, now=now, reason=reason)


def heads_of(
    report: StageReport,
    snapshot: FigureSnapshot,
    *,
    number: str = "",
    issued_at: datetime | None = None,
) -> documents.Heads:
    """What stands around the words. A draft carries the day of its figures, no number and no name;
    an issued report the day it was issued and who approved it."""
    issued_at = issued_at or report.issued_at
    day = (issued_at or snapshot.taken_at).astimezone(clock.ZONE).date()
    upward = snapshot.template.content.get("addressee") == "national"
    approver = report.current_version.approved_by if report.current_version else None
    return documents.Heads(
        title=report.title,
        day=day,
        number=number or report.document_number,
        addressee=national_regulator().name_on(day) if upward else "",
        signatory=approver.name if upward and issued_at and approver else "",
        correction=report.correction_note,
    )


# -- words -----------------------------------------------------------------------------------------


def edit_version(
    *,
    report: StageReport,
    seen: int,
    words: Sequence[Mapping[str, Any]],
    note: str = "",
    by: User,
    now: datetime,
) -> ReportVersion:
    """Keep changed words as the next version and print it.

    ``seen`` is the version that the person had on the screen. Raises ``Conflict`` when somebody
    saved in between and ``Refused`` with every problem in the words; digits that are newly typed by
    hand need a ``note`` that says where they come from.
    """
    _check_move(report, workflow.EDIT, by=by)
    snapshot = _snapshot_of(report)
    kept = [
        {
            "code": clean(chapter.get("code")) or f"chapter-{place}",
            "title": clean(chapter.get("title")),
            "text": "\n".join(clean(line) for line in str(chapter.get("text", "")).splitlines()),
        }
        for place, chapter in enumerate(words, start=1)
    ]
    if wrong := chapters.problems(kept, snapshot.template.content):
        raise Refused("\n".join(wrong))
    _check_typed(report, kept, note)
    made = documents.render(snapshot, kept, heads_of(report, snapshot))
    with transaction.atomic():
        report = _lock_for(report, workflow.EDIT, by=by)
        standing = report.current_version
        if standing is None or standing.number != seen:
            raise Conflict(_("报告刚被他人修改过，请刷新页面，核对后再修改。"))
        version = ReportVersion.objects.create(
            report=report,
            number=standing.number + 1,
            chapters=kept,
            note=note.strip(),
            edited_by=by,
            edited_at=now,
            **_store(report, made, by=by, now=now),
        )
        report.current_version = version
        report.save(update_fields=["current_version"])
        audit.record("report.edit", report, by=by, now=now, version=version.number, note=note)
    return version


def _check_typed(report: StageReport, words: Sequence[Mapping[str, Any]], note: str) -> None:
    before = (
        chapters.typed_numbers(report.current_version.chapters) if report.current_version else []
    )
    fresh = [number for number in chapters.typed_numbers(words) if number not in before]
    if fresh and not note.strip():
        message = _("正文中有手工填写的数字（{numbers}）。请改用数据引用，或在修改说明中写明出处。")
        raise Refused(message.format(numbers="、".join(dict.fromkeys(fresh))))


def _snapshot_of(report: StageReport) -> FigureSnapshot:
    if report.snapshot is None:
        raise Refused(_("报告还没有数据。"))
    return report.snapshot


# -- moves -----------------------------------------------------------------------------------------


@transaction.atomic
def submit_for_approval(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Hand the current version to whoever approves. Raises ``Refused``."""
    return _move(report, workflow.SUBMIT, by=by, now=now)


@transaction.atomic
def recall(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Take it back before anybody approved. Raises ``Refused``."""
    return _move(report, workflow.RECALL, by=by, now=now)


@transaction.atomic
def send_back(*, report: StageReport, reason: str, by: User, now: datetime) -> StageReport:
    """Return it to the editor with a reason. Raises ``Refused``."""
    if not reason.strip():
        raise Refused(_("请写明退回理由。"))
    return _move(report, workflow.SEND_BACK, by=by, now=now, reason=reason.strip())


@transaction.atomic
def approve(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Answer for the current version; the person who edited it may not. Raises ``Refused``."""
    report = _move(report, workflow.APPROVE, by=by, now=now)
    version = report.current_version
    version.approved_by, version.approved_at = by, now
    version.save(update_fields=["approved_by", "approved_at"])
    return report


@transaction.atomic
def issue(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Give the next document number, print the final files and close the report for good.

    Number and files come together or not at all, so numbers have no gaps. Raises ``Refused``.
    """
    report = _lock_for(report, workflow.ISSUE, by=by)
    year, serial = _next_number(report.organisation, now=now)
    number = document_number(report.organisation.document_prefix, year, serial)
    version, snapshot = report.current_version, _snapshot_of(report)
    heads = heads_of(report, snapshot, number=number, issued_at=now)
    made = documents.render(snapshot, version.chapters, heads)
    for kind, stored in _store(report, made, by=by, now=now).items():
        setattr(version, kind, stored)
    version.save(update_fields=["docx", "pdf", "xlsx"])
    given = {"year": year, "serial": serial, "document_number": number}
    return _move(report, workflow.ISSUE, by=by, now=now, issued_by=by, issued_at=now, **given)


def _next_number(organisation: Organisation, *, now: datetime) -> tuple[int, int]:
    """The year and the next free serial; numbers that plans were issued under are passed over."""
    if not organisation.document_prefix:
        raise Refused(
            _("%(organisation)s没有机关代字，不能编号。") % {"organisation": organisation}
        )
    year = now.astimezone(clock.ZONE).year
    DocumentCounter.objects.get_or_create(organisation=organisation, year=year)
    counters = DocumentCounter.objects.select_for_update(of=("self",))
    counter = counters.get(organisation=organisation, year=year)
    used = set(
        DocumentIssue.objects.filter(issuer=organisation).values_list("document_number", flat=True)
    ) | set(
        Campaign.objects.filter(issuing_organisation=organisation).values_list(
            "document_number", flat=True
        )
    )
    counter.last += 1
    while document_number(organisation.document_prefix, year, counter.last) in used:
        counter.last += 1
    counter.save(update_fields=["last"])
    return year, counter.last


@transaction.atomic
def correct(
    *, report: StageReport, note: str, occasion: str, recount: bool, by: User, now: datetime
) -> StageReport:
    """Begin a corrected report; the issued one stays as it went out.

    ``recount`` takes new figures, otherwise the frozen ones are kept and only words change. Raises
    ``Refused``.
    """
    report = _lock_for(report, workflow.CORRECT, by=by)
    if not note.strip():
        raise Refused(_("请写明更正内容和原因。"))
    corrected, new = StageReport.objects.get_or_create(
        occasion=f"{report.organisation_id}:{occasion}",
        defaults={
            "campaign": report.campaign,
            "phase": report.phase,
            "organisation": report.organisation,
            "template": report.template,
            "title": _corrected_title(report.title),
            "snapshot": None if recount else report.snapshot,
            "corrects": report,
            "correction_note": clean(note),
            "created_by": by,
            "created_at": now,
        },
    )
    if new:
        _start_job(corrected, by=by, now=now)
        audit.record(
            "report.correct",
            corrected,
            by=by,
            now=now,
            reason=note,
            corrects=report.document_number,
        )
    return corrected


def _corrected_title(title: str) -> str:
    mark = "（更正）"
    return title if title.endswith(mark) else f"{title}{mark}"


# -- the common parts ------------------------------------------------------------------------------


def _lock(report: StageReport) -> StageReport:
    related = ("organisation", "snapshot__template", "current_version__approved_by", "corrects")
    locked = StageReport.objects.select_for_update(of=("self",))
    return locked.select_related(*related).get(pk=report.pk)


def _check_move(report: StageReport, move: workflow.Move, *, by: User) -> None:
    if why_not := workflow.refusal(move, report, by=by):
        raise Refused(why_not)


def _lock_for(report: StageReport, move: workflow.Move, *, by: User) -> StageReport:
    report = _lock(report)
    _check_move(report, move, by=by)
    return report


def _move(
    report: StageReport,
    move: workflow.Move,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    **changes: Any,
) -> StageReport:
    """Lock, ask, write the new state where the old one still stands, leave a trace."""
    report = _lock_for(report, move, by=by)
    changes["state"] = move.target
    if not StageReport.objects.filter(pk=report.pk, state=report.state).update(**changes):
        raise Conflict(_("报告刚被他人办理，请刷新后再试。"))
    for field, value in changes.items():
        setattr(report, field, value)
    version = report.current_version.number if report.current_version else None
    number = report.document_number
    audit.record(
        f"report.{move.name}", report, by=by, now=now, reason=reason, version=version, number=number
    )
    return report


def _store(
    report: StageReport, made: Mapping[str, bytes], *, by: User | None, now: datetime
) -> dict[str, StoredFile]:
    """Keep the printed files, named after the report."""
    return {
        kind: files.store(
            io.BytesIO(made[kind]),
            by=by,
            now=now,
            organisation=report.organisation,
            purpose="report",
            kinds=(kind,),
            name=f"{report.title}.{kind}" if kind != "xlsx" else f"{report.title}附表.xlsx",
        )
        for kind in made
    }
