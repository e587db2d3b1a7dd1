"""Workbooks of plans that people hand in on a page: kept, worked off in the background, cleared.

An upload names contacts with telephones, so it goes as soon as it has served.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import files, jobs
from core.models import Job
from reporting.models import OrderedUsePlan, PlanImport
from reporting.services.plans.drafting import open_for
from reporting.services.plans.importing import Outcome, Progress, import_rows

PURPOSE, COPY_PURPOSE = "plan-import", "plan-import-copy"
JOB = "reporting.plan-import"
# Errors kept for the page; the copy holds all.
SHOWN = 1000
State = PlanImport.State


def hand_in(
    upload: IO[bytes],
    *,
    plan: OrderedUsePlan,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> PlanImport:
    """Keep a workbook and start working it off.

    ``seen``: the saving of the plan whose rows it replaces. Raises ``Refused``, ``Conflict`` and
    ``files.Rejected``.
    """
    received = files.receive(upload, purpose=PURPOSE)
    with transaction.atomic():
        plan = open_for(plan, by=by, seen=seen)
        stored = files.enter(received, by=by, now=now, organisation=plan.organisation)
        made = PlanImport.objects.create(plan=plan, name=stored.name, by=by, at=now, upload=stored)
        made.job = jobs.start(
            kind=JOB,
            by=by,
            now=now,
            payload={"import": made.pk},
            key=f"plan-import-{made.pk}",
            title=_("导入方案明细：%(name)s") % {"name": stored.name},
        )
        made.save(update_fields=["job"])
    return made


def work_off(made: PlanImport, *, progress: Progress, now: datetime) -> None:
    """Check the workbook and store its rows; a second time changes nothing."""
    if made.state != State.WAITING or made.upload is None:
        return
    with files.open(made.upload) as content:
        outcome = import_rows(
            content,
            name=made.name,
            plan=made.plan,
            by=made.by,
            now=now,
            with_copy=True,
            progress=progress,
        )
    finish(made, outcome, now=now)


def finish(made: PlanImport, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a workbook, and let go of the workbook itself."""
    copied = None
    if outcome.copy:
        name = made.name.rpartition(".")[0] or made.name
        copied = files.receive(
            io.BytesIO(outcome.copy),
            purpose=COPY_PURPOSE,
            name=_("%(name)s（标注错误）.xlsx") % {"name": name},
        )
    shown = [asdict(one) for one in islice(outcome.listed(), SHOWN)]
    with transaction.atomic():
        waiting = PlanImport.objects.select_for_update().filter(pk=made.pk, state=State.WAITING)
        if not waiting.exists():
            return
        made.state = State.ENTERED if outcome.stored else State.FAULTY
        made.rows, made.faults, made.problems = outcome.rows, outcome.count, shown
        if copied is not None:
            organisation = made.plan.organisation
            made.copy = files.enter(copied, by=made.by, now=now, organisation=organisation)
        made.upload, made.finished_at = None, now
        made.save()


def give_up(made: PlanImport, *, now: datetime) -> None:
    """The work was tried in vain or cancelled: nothing was stored, the file goes."""
    waiting = PlanImport.objects.filter(pk=made.pk, state=State.WAITING)
    waiting.update(state=State.FAILED, upload=None, finished_at=now)


def clear(*, now: datetime) -> None:
    """Forget errors and marked copies that have served, and files whose work was cancelled."""
    cancelled = Job.State.CANCELLED
    for made in PlanImport.objects.filter(state=State.WAITING, job__state=cancelled):
        give_up(made, now=now)
    before = now - timedelta(days=files.catalogue()["cleanup"]["unconfirmed_days"])
    old = PlanImport.objects.filter(finished_at__lt=before, state=State.FAULTY)
    old.filter(copy__isnull=False).update(copy=None, problems=[])
