"""Work of reporting in the background: building reports, sending subscriptions, opening files."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission
from campaign.scope import workplaces
from core import beats, files, jobs, outbox
from core.errors import Refused
from core.models import Job, StoredFile
from core.models.letter import Letter
from reporting.models import (
    BulletinVersion,
    CircularVersion,
    OrderedUsePlan,
    PlanImport,
    ReportVersion,
    StageReport,
    Subscription,
    TargetVersion,
)
from reporting.services import (
    activations,
    outage_leads,
    outages,
    reports,
    return_opening,
    return_reminding,
    subscriptions,
    tidying,
)
from reporting.services.plans import checking as plan_checks
from reporting.services.plans import uploading as plan_uploads


@jobs.register(reports.JOB)
def build(job: Job, *, now: datetime) -> str:
    """Build one stage report; a report that says no is shown as not built, with the reason."""
    report = StageReport.objects.get(pk=job.payload["report"])
    try:
        reports.run_build(report, progress=job.progress, now=now)
    except Refused as refused:
        reports.mark_failed(report=report, reason=str(refused), now=now)
        raise
    return reverse("reporting:report", args=[report.pk])


@jobs.register(plan_uploads.JOB)
def import_plan(job: Job, *, now: datetime) -> str:
    """Check and store a workbook of plan rows that a person handed in."""
    made = PlanImport.objects.select_related("plan__organisation", "by", "upload").get(
        pk=job.payload["import"]
    )
    try:
        plan_uploads.work_off(made, progress=job.progress, now=now)
    except Refused:
        plan_uploads.give_up(made, now=now)
        raise
    except jobs.Cancelled:
        # Also raised where another worker took the job over: then that one goes on.
        if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
            plan_uploads.give_up(made, now=now)
        raise
    return reverse("reporting:plan_imported", args=[made.pk])


@jobs.register(plan_checks.JOB)
def check_plan(job: Job, *, now: datetime) -> str:
    """Check a plan with all of its rows."""
    plan = OrderedUsePlan.objects.get(pk=job.payload["plan"])
    by = User.objects.get(pk=job.payload["by"])
    plan_checks.check(plan=plan, by=by, now=now, progress=job.progress)
    return reverse("reporting:plan", args=[plan.pk])


outbox.register_tick("reporting.plan-imports.clear")(plan_uploads.clear)


@outbox.register_parked_job
def give_up(letter: Letter, reason: str, *, now: datetime) -> None:
    """A report whose building was tried in vain says so itself."""
    if letter.kind == reports.JOB:
        report = StageReport.objects.get(pk=letter.payload["report"])
        reports.mark_failed(report=report, reason=reason, now=now)
    elif letter.kind == plan_uploads.JOB:
        if made := PlanImport.objects.filter(pk=letter.payload["import"]).first():
            plan_uploads.give_up(made, now=now)
    elif letter.kind == subscriptions.JOB:
        subscription = Subscription.objects.filter(pk=letter.payload["subscription"]).first()
        if subscription is not None:
            subscriptions.note_failure(subscription=subscription, reason=reason, now=now)


@outbox.register_job(subscriptions.JOB)
def send_subscription(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Send one subscription for one occasion, whole or not at all; one that is gone, never."""
    if subscription := Subscription.objects.filter(pk=payload["subscription"]).first():
        subscriptions.run(subscription=subscription, occasion=payload["occasion"], now=now)


@outbox.register_tick("reporting.late-executions")
def propose_late_executions(*, now: datetime) -> None:
    """Propose a finding for ordered use that was not ended or not reported in time, each once."""
    activations.propose_late(now=now)


@outbox.register_tick("reporting.subscriptions")
def subscribe(*, now: datetime) -> None:
    """Post a job for every subscription whose time has come."""
    subscriptions.tick(now=now)


@outbox.register_tick("reporting.returns")
def collect_returns(*, now: datetime) -> None:
    """Open what a new period asks for, and remind of what is due."""
    if beats.is_time("round:returns", now=now, every=timedelta(minutes=30)):
        return_opening.open_due(now=now)
        return_reminding.remind(now=now)


@outbox.register_tick("reporting.unconfirmed-uploads")
def discard_unconfirmed(*, now: datetime) -> None:
    """Once a day: workbooks that were read and never taken over."""
    if beats.is_time("round:unconfirmed-uploads", now=now, every=timedelta(days=1)):
        tidying.discard_unconfirmed(now=now)


@outbox.register_tick("reporting.outages")
def round_of_outages(*, now: datetime) -> None:
    """Every half an hour: what time has changed about notices, and callers whom none covers."""
    if beats.is_time("round:outages", now=now, every=timedelta(minutes=30)):
        outages.rejudge(now=now)
        outage_leads.detect(now=now)


def may_see_report_file(user: Any, stored: StoredFile) -> bool:
    """Files of a version go with it; those of a subscription stay in their office."""
    from django.db.models import Q

    versions = ReportVersion.objects.filter(Q(docx=stored) | Q(pdf=stored) | Q(xlsx=stored))
    if versions.exists():
        return versions.visible_to(user).exists()
    bulletins = BulletinVersion.objects.filter(Q(docx=stored) | Q(pdf=stored) | Q(xlsx=stored))
    if bulletins.exists():
        return bulletins.visible_to(user).exists()
    circulars = CircularVersion.objects.filter(Q(docx=stored) | Q(pdf=stored))
    if circulars.exists():
        return circulars.visible_to(user).exists()
    targets = TargetVersion.objects.filter(Q(docx=stored) | Q(pdf=stored))
    if targets.exists():
        return targets.visible_to(user).exists()
    offices = workplaces(user, Permission.REPORT_VIEW) if user.is_authenticated else []
    return stored.organisation in {office.code for office in offices}


files.register_owner("report", may_see_report_file)
