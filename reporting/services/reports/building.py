"""Having a report built: asked for once, counted, written and printed in the background."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Campaign, Phase
from campaign.scope import works_for
from campaign.workflow import PhaseState
from core import audit, clock, jobs
from core.errors import Refused
from core.models import AuditEvent
from reporting import chapters
from reporting.models import FigureSnapshot, ReportTemplate, ReportVersion, StageReport
from reporting.services import snapshots
from reporting.services.reports.common import heads_of, lock, move, print_out
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


def template_for(
    phase: Phase, *, organisation: Organisation, now: datetime, code: str = ""
) -> ReportTemplate:
    """The template of a kind of report on a phase that is in force for an office.

    Without a code that of the stage report. Raises ``Refused``.
    """
    day = clock.day_of(now)
    begun = ReportTemplate.objects.in_force(on=day, organisation=organisation)
    found = begun.filter(phase_number=phase.number, code=code or f"stage-{phase.number}").first()
    if found is None:
        raise Refused(_("“%(phase)s”阶段还没有报告模板。") % {"phase": phase.name})
    return found


def phase_refusal(phase: Phase) -> str:
    """Why there is nothing to report on a phase yet; empty when there is."""
    if phase.state == PhaseState.PLANNED:
        return _("“%(phase)s”阶段还没有启动，启动后才能编制报告。") % {"phase": phase.name}
    return ""


def title_of(template: ReportTemplate, campaign: Campaign) -> str:
    """The title of a report by its template."""
    return str(template.content["title"]).replace("{campaign}", campaign.name)


@transaction.atomic
def build(
    *,
    campaign: Campaign,
    phase: Phase,
    organisation: Organisation,
    occasion: str,
    by: User,
    now: datetime,
    code: str = "",
) -> StageReport:
    """Start building a report in the background; the same occasion gives the same report.

    ``code`` names the kind of report, without it the stage report. Raises ``Refused``.
    """
    if why_not := build_refusal(organisation, by=by) or phase_refusal(phase):
        raise Refused(why_not)
    template = template_for(phase, organisation=organisation, now=now, code=code)
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
        start_job(report, by=by, now=now)
        audit.record("report.build", report, by=by, now=now, template=str(template))
    return report


@transaction.atomic
def retry(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Build a report again that could not be built. Raises ``Refused``."""
    report = move(report, workflow.RETRY, by=by, now=now, failure="")
    start_job(report, by=by, now=now)
    return report


def start_job(report: StageReport, *, by: User, now: datetime) -> None:
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
    words = chapters.first_words(snapshot.template.content, snapshot.figures)
    if report.corrects_id and report.corrects.current_version:
        words = list(report.corrects.current_version.chapters)
    printed = print_out(snapshot, words, heads_of(report, snapshot))
    progress(STEPS - 1, STEPS, _("正在保存"))
    with transaction.atomic():
        report = lock(report)
        if report.state != State.BUILDING:
            return report
        version = ReportVersion.objects.create(
            report=report,
            number=1,
            chapters=words,
            edited_by=None,
            edited_at=now,
            **printed.enter(report, by=report.created_by, now=now),
        )
        report.current_version = version
        report.state = State.DRAFT
        report.save(update_fields=["current_version", "state"])
        audit.record("report.built", report, by=None, now=now, digest=snapshot.digest)
    progress(STEPS, STEPS, "")
    return report


def _freeze(report: StageReport, *, now: datetime) -> FigureSnapshot:
    """The report's figures, counted before the lock is taken and kept once."""
    counted = snapshots.counted(
        campaign=report.campaign,
        phase=report.phase,
        organisation=report.organisation,
        template=report.template,
        by=report.created_by,
        now=now,
    )
    with transaction.atomic():
        report = lock(report)
        if report.snapshot is None:
            report.snapshot = snapshots.keep(counted)
            report.save(update_fields=["snapshot"])
    return report.snapshot


@transaction.atomic
def mark_failed(*, report: StageReport, reason: str, now: datetime) -> None:
    """Say on the report why it could not be built."""
    report = lock(report)
    if report.state == State.BUILDING:
        report.state, report.failure = State.FAILED, reason
        report.save(update_fields=["state", "failure"])
        audit.record("report.failed", report, by=None, now=now, reason=reason)
