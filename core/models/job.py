"""Long work with progress, started by a person and carried by the outbox."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from core.models.letter import Letter


class Cancelled(Exception):
    """The person who started the job gave it up; the work stops where it stands."""


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> JobQuerySet:
        """A job is seen by the person who started it and by nobody else."""
        return self.filter(started_by_id=user.pk) if user.is_authenticated else self.none()

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """One import, report or export in the background. Its letter carries it; this row tells."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("处理中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未成功")
        CANCELLED = "cancelled", _("已取消")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=180, unique=True)
    kind = models.CharField(_("类别"), max_length=60)
    title = models.CharField(_("名称"), max_length=120, blank=True)
    started_by_id = models.BigIntegerField(null=True, db_index=True)
    payload = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    note = models.CharField(_("进度说明"), max_length=200, blank=True)
    error = models.TextField(_("未成功原因"), blank=True)
    result_url = models.CharField(max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    # The claim number of the letter that runs it: a superseded run writes no progress.
    fence = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("后台任务")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def is_finished(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How much is done, 0–100; 0 while the total is not known."""
        if self.state == self.State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def letter_key(self) -> str:
        return f"job:{self.key}"

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the work is, and hold the lease for as long again.

        Raises ``Cancelled`` once the person gave the job up, or when another worker took it over.
        Call it between transactions: inside one, nobody sees the figures before the commit.
        """
        now = clock.now()  # long work is an edge of its own: its start lies far back
        told = {"done": done, "total": total, "note": note[:200], "updated_at": now}
        mine = Job.objects.filter(pk=self.pk, state=self.State.RUNNING, fence=self.fence)
        if not mine.filter(cancel_requested=False).update(**told):
            raise Cancelled
        self.done, self.total, self.note, self.updated_at = done, total, note, now
        Letter.objects.in_hand(key=self.letter_key, fence=self.fence).extend_lease(now=now)
