"""The letter: one sealed effect outside the database, from the transaction that caused it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import crypto
from core.fields import EncryptedJSONField, EncryptedTextField, is_unread


def lease(channel: str) -> timedelta:
    """How long one claim on a letter holds: longer than any single attempt can last."""
    return timedelta(seconds=settings.OUTBOX["lease_seconds"][channel])


def index_of(address: str) -> str:
    """What is kept of an address so that its letters can be found without reading any."""
    return crypto.blind_index(address, context="core.letter.to")


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, *, now: datetime) -> LetterQuerySet:
        """What waits and may go, and what a dead worker dropped (its lease has run out)."""
        waiting = Q(state=Letter.State.QUEUED, not_before__lte=now)
        dropped = Q(state=Letter.State.IN_FLIGHT, lease_until__lt=now)
        return self.filter(waiting | dropped)

    def in_hand(self, *, fence: int, **which: Any) -> LetterQuerySet:
        """A letter as long as the claim with this number still holds."""
        return self.filter(state=Letter.State.IN_FLIGHT, fence=fence, **which)

    def extend_lease(self, *, now: datetime) -> int:
        """Give whoever carries these letters the full time again; says how many that are."""
        return sum(
            self.filter(channel=channel).update(lease_until=now + lease(channel))
            for channel in Letter.Channel.values
        )

    def notices_for(self, user: Any) -> LetterQuerySet:
        """In-app notices of one person that have arrived, newest first."""
        mine = self.filter(channel=Letter.Channel.NOTICE, recipient_id=user.pk)
        return mine.filter(state=Letter.State.SENT).order_by("-sent_at", "-pk")

    def addressed_to(self, address: str) -> LetterQuerySet:
        """Letters to one address, which must be given whole."""
        index = index_of(address)
        return self.filter(to_index__contains=index) if index else self.none()

    def unread(self) -> LetterQuerySet:
        return self.filter(read_at__isnull=True)

    def needing_a_person(self) -> LetterQuerySet:
        """Parked letters: nothing happens to them until somebody looks."""
        return self.filter(state__in=[Letter.State.PARKED, Letter.State.UNKNOWN])


class Letter(models.Model):
    """A mail, notice, job or call to another system; sealed when posted, then only carried.

    Written by ``core.outbox`` alone. ``recipient_id`` is the number of a person and not a foreign
    key: core knows no app. ``fence`` counts the claims; who finishes a letter must show the number
    that he claimed it with, so a worker that slept through its lease changes nothing.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", _("电子邮件")
        NOTICE = "notice", _("站内通知")
        JOB = "job", _("后台任务")
        WEBHOOK = "webhook", _("接口推送")

    class State(models.TextChoices):
        QUEUED = "queued", _("待发")
        IN_FLIGHT = "in_flight", _("发送中")
        SENT = "sent", _("已发")
        PARKED = "parked", _("搁置")
        UNKNOWN = "unknown", _("结果不明")
        DROPPED = "dropped", _("不再发送")

    FINAL_STATES = (State.SENT, State.DROPPED)

    # The occasion, e.g. "reminder:duty:17:T-3:user:5": the same occasion never posts twice.
    key = models.CharField(_("事由键"), max_length=200, unique=True)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    kind = models.CharField(_("类别"), max_length=60)
    # Addresses and text are encrypted at rest: they name people, and a link in them opens a door.
    # The subject is not, so that letters can be found: it names matters and organisations only.
    # One that cannot be read any more is parked and must not hide the others.
    to = EncryptedJSONField(_("收件地址"), default=list, blank=True, tolerant=True)
    to_index = models.TextField(blank=True, editable=False)
    recipient_id = models.BigIntegerField(_("收件人"), null=True, blank=True)
    organisation = models.CharField(_("单位代码"), max_length=32, blank=True)
    subject = models.CharField(_("标题"), max_length=200, blank=True)
    body = EncryptedTextField(_("正文"), blank=True, tolerant=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    attachments = models.JSONField(_("附件"), default=list, blank=True)
    payload = models.JSONField(_("数据"), default=dict, blank=True)
    # What to do when nobody can say whether an attempt arrived: send the same letter once more
    # (a reminder of a deadline), or leave it to a person (everything else).
    repeat_when_unknown = models.BooleanField(default=False)
    # Fixed at sealing: a letter that is sent again is recognised as the same one.
    message_id = models.CharField(max_length=160, blank=True)

    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    not_before = models.DateTimeField(_("最早发送"))
    attempts = models.PositiveIntegerField(_("已试次数"), default=0)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=120, blank=True)
    error = models.TextField(_("未发原因"), blank=True)
    created_at = models.DateTimeField(_("生成时间"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("信件")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="letter_sent_at_set_exactly_when_sent",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="letter_lease_set_exactly_when_in_flight",
                condition=Q(state="in_flight", lease_until__isnull=False)
                | (~Q(state="in_flight") & Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="letter_parked_with_a_reason",
                condition=~Q(state__in=["parked", "unknown"]) | ~Q(error=""),
            ),
        ]
        indexes = [
            models.Index(name="letter_waiting", fields=["state", "not_before"]),
            models.Index(name="letter_by_recipient", fields=["recipient_id", "channel", "sent_at"]),
            models.Index(name="letter_by_kind", fields=["kind", "created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.kind} {self.pk}"

    @property
    def is_unreadable(self) -> bool:
        """Whether text or addresses were damaged, or their key is not listed any more."""
        return is_unread(self.to) or is_unread(self.body)

    @property
    def recipient(self) -> Any:
        """The person that a notice is for, or None."""
        if self.recipient_id is None:
            return None
        return get_user_model()._default_manager.filter(pk=self.recipient_id).first()
