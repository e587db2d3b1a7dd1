"""Files of cases that people hand in on a page: kept, worked off in the background, cleared away.

An upload and its errors hold personal data of many people, so both go when they have served.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from complaints.models import CaseImport
from complaints.services.importing import Outcome, Progress, import_cases
from complaints.services.receiving import may_register
from core import files, jobs
from core.models import Job

PURPOSE, COPY_PURPOSE = "case-import", "case-import-copy"
JOB = "complaints.import"
# Errors kept for the page; the copy holds all.
SHOWN = 500
State = CaseImport.State


def hand_in(
    upload: IO[bytes],
    *,
    source: str,
    owner: Organisation,
    dry_run: bool,
    by: User,
    now: datetime,
) -> CaseImport:
    """Keep a file and start working it off. Raises ``Refused`` and ``files.Rejected``."""
    may_register(by, owner)
    received = files.receive(upload, purpose=PURPOSE)
    with transaction.atomic():
        stored = files.enter(received, by=by, now=now, organisation=owner)
        made = CaseImport.objects.create(
            organisation=owner,
            source=source,
            name=stored.name,
            dry_run=dry_run,
            by=by,
            at=now,
            upload=stored,
        )
        made.job = jobs.start(
            kind=JOB,
            by=by,
            now=now,
            payload={"import": made.pk},
            key=f"case-import-{made.pk}",
            title=_("导入诉求：%(name)s") % {"name": stored.name},
        )
        made.save(update_fields=["job"])
    return made


def work_off(made: CaseImport, *, progress: Progress, now: datetime) -> None:
    """Check the file and enter it; a second time changes nothing."""
    if made.state != State.WAITING or made.upload is None:
        return
    with files.open(made.upload) as content:
        outcome = import_cases(
            content,
            name=made.name,
            source=made.source,
            owner=made.organisation,
            by=made.by,
            now=now,
            dry_run=made.dry_run,
            with_copy=True,
            progress=progress,
        )
    finish(made, outcome, now=now)


def finish(made: CaseImport, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a file, and let go of the file itself."""
    copied = None
    if outcome.copy:
        name = made.name.rpartition(".")[0] or made.name
        copied = files.receive(
            io.BytesIO(outcome.copy),
            purpose=COPY_PURPOSE,
            name=_("%(name)s（标注错误）.xlsx") % {"name": name},
        )
    shown = [asdict(one) for one, _n in zip(outcome.listed(), range(SHOWN), strict=False)]
    with transaction.atomic():
        waiting = CaseImport.objects.select_for_update().filter(pk=made.pk, state=State.WAITING)
        if not waiting.exists():
            return  # another worker took the job over and was done before
        made.state = state_of(outcome)
        made.rows, made.created, made.unchanged = outcome.rows, outcome.created, outcome.unchanged
        made.faults, made.problems = outcome.count, shown
        if copied is not None:
            made.copy = files.enter(copied, by=made.by, now=now, organisation=made.organisation)
        made.upload, made.finished_at = None, now
        made.save()


def state_of(outcome: Outcome) -> str:
    """Where a file stands after its outcome."""
    if not outcome.ok:
        return State.FAULTY
    return State.CHECKED if outcome.dry_run else State.ENTERED


def give_up(made: CaseImport, *, now: datetime) -> None:
    """The work was tried in vain or cancelled: nothing was entered, the file goes."""
    waiting = CaseImport.objects.filter(pk=made.pk, state=State.WAITING)
    waiting.update(state=State.FAILED, upload=None, finished_at=now)


def clear(*, now: datetime) -> None:
    """Forget errors and marked copies that have served, and files whose work was cancelled."""
    over = CaseImport.objects.filter(state=State.WAITING, job__state=Job.State.CANCELLED)
    for made in over:
        give_up(made, now=now)
    before = now - timedelta(days=files.catalogue()["cleanup"]["unconfirmed_days"])
    old = CaseImport.objects.filter(finished_at__lt=before, state=State.FAULTY)
    for made in old.filter(copy__isnull=False):
        made.copy, made.problems = None, []
        made.save(update_fields=["copy", "problems"])
