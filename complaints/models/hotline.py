"""The ledger of messages with companies' hotline systems, and who had what on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case as Choice
from django.db.models import F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints.models.case import Case
from core.models import Letter

if TYPE_CHECKING:
    from accounts.models import User

Carried = Letter.State


class HotlineMessageQuerySet(models.QuerySet["HotlineMessage"]):
    def visible_to(self, user: User) -> HotlineMessageQuerySet:
        """Those of organisations whose cases are in the person's sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.CASE_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))

    def standing(self) -> HotlineMessageQuerySet:
        """With ``state``: what we answered, or how far the letter of a call has come."""
        state = HotlineMessage.State
        return self.annotate(
            state=Choice(
                When(direction="in", refused=True, then=Value(state.REFUSED)),
                When(direction="in", then=Value(state.ACCEPTED)),
                When(letter__state=Carried.SENT, then=Value(state.DELIVERED)),
                # An address that is closed takes none any more: nobody has to see to them.
                When(
                    letter__state__in=(Carried.PARKED, Carried.UNKNOWN),
                    endpoint__closed_at__isnull=False,
                    then=Value(state.DROPPED),
                ),
                When(letter__state__in=(Carried.PARKED, Carried.UNKNOWN), then=Value(state.DEAD)),
                When(letter__state=Carried.DROPPED, then=Value(state.DROPPED)),
                When(letter__attempts__gt=0, then=Value(state.RETRYING)),
                default=Value(state.WAITING),
                output_field=models.CharField(),
            )
        )

    def dead(self) -> HotlineMessageQuerySet:
        """Calls that nobody took and that wait for a person."""
        return self.filter(
            direction="out",
            letter__state__in=(Carried.PARKED, Carried.UNKNOWN),
            endpoint__closed_at__isnull=True,
        )


class HotlineMessage(models.Model):
    """One message between the portal and a company's system; never what it said of a person.

    What the same message did at a later attempt is told by its own row, not by another one. How far
    a call has come is told by its letter alone.
    """

    class Direction(models.TextChoices):
        IN = "in", _("接收")
        OUT = "out", _("推送")

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("已接受")
        REFUSED = "refused", _("已拒绝")
        WAITING = "waiting", _("待推送")
        RETRYING = "retrying", _("重试中")
        DELIVERED = "delivered", _("已送达")
        DEAD = "dead", _("未送达")
        DROPPED = "dropped", _("不再推送")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    direction = models.CharField(_("方向"), max_length=3, choices=Direction)
    # Per organisation and direction 1, 2, 3 …: a gap is a message that was lost.
    sequence = models.PositiveBigIntegerField(_("序号"))
    kind = models.CharField(_("类别"), max_length=40)
    number = models.CharField(_("诉求编号"), max_length=40, blank=True)
    # Of a call; what comes in names its case by its number.
    case = models.ForeignKey(
        Case, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("诉求")
    )
    # How the sender knows the message: Idempotency-Key, number of an event, webhook-id.
    external_id = models.CharField(_("消息编号"), max_length=120, blank=True)
    at = models.DateTimeField(_("首次时间"))
    last_at = models.DateTimeField(_("最近时间"))
    attempts = models.PositiveIntegerField(_("次数"), default=1)
    # What came in: how we answered, and which fields were wrong (names only).
    status = models.PositiveSmallIntegerField(_("应答"), null=True, blank=True)
    refused = models.BooleanField(_("已拒绝"), default=False)
    fields = models.JSONField(_("有误的字段"), default=list, blank=True)
    # Of a batch.
    lines = models.PositiveIntegerField(_("行数"), default=0)
    lines_refused = models.PositiveIntegerField(_("拒绝行数"), default=0)
    # What goes out.
    endpoint = models.ForeignKey(
        "accounts.WebhookEndpoint", models.PROTECT, null=True, blank=True, related_name="+"
    )
    letter = models.OneToOneField(
        "core.Letter", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HotlineMessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("接口消息")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="hotline_sequence_once", fields=["organisation", "direction", "sequence"]
            ),
            models.CheckConstraint(
                name="hotline_message_out_has_its_letter",
                condition=Q(direction="out", letter__isnull=False)
                | Q(direction="in", letter__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="hotline_by_time"),
            models.Index(fields=["organisation", "-last_at"], name="hotline_by_organisation"),
            models.Index(fields=["number"], name="hotline_by_number"),
            models.Index(
                fields=["organisation", "kind", "number"],
                name="hotline_refused",
                condition=Q(refused=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.direction} {self.sequence}"


class HotlineCounter(models.Model):
    """The last sequence of an organisation's messages in one direction."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=HotlineMessage.Direction)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("接口消息序号")
        constraints = [
            models.UniqueConstraint(
                name="hotline_counter_once", fields=["organisation", "direction"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.direction} {self.last}"


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def visible_to(self, user: User) -> ReconciliationQuerySet:
        """Those of organisations whose cases are in the person's sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.CASE_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))

    def latest(self) -> ReconciliationQuerySet:
        """Of each organisation and day only the last one."""
        return self.filter(superseded_at__isnull=True)


class Reconciliation(models.Model):
    """A day's cases of a company's system held against ours; a later one of the day replaces it."""

    class State(models.TextChoices):
        EQUAL = "equal", _("一致")
        OPEN = "open", _("待明细")
        DIFFERENT = "different", _("有差异")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    day = models.DateField(_("受理日期"))
    at = models.DateTimeField(_("对账时间"))
    superseded_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(_("结果"), max_length=10, choices=State)
    here = models.PositiveIntegerField(_("平台件数"))
    there = models.PositiveIntegerField(_("企业件数"))
    # [{"unit", "here": {"count", "digest"}, "there": {…}, "state"}]
    units = models.JSONField(default=list)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("对账")
        ordering = ["-day", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="reconciliation_one_standing",
                fields=["organisation", "day"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="reconciliation_superseded_later",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.day}"


class ReconciliationDifference(models.Model):
    """One case in which the two sides do not agree."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("平台缺失")
        MISSING_THERE = "missing_there", _("企业缺失")
        CONTENT = "content", _("内容不同")
        STATE = "state", _("状态不同")
        UNIT = "unit", _("单位不同")
        DUPLICATE = "duplicate", _("企业重复")
        DAY = "day", _("日期不同")

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="differences")
    kind = models.CharField(_("差异"), max_length=14, choices=Kind)
    unit = models.CharField(_("单位代码"), max_length=32)
    owner = models.CharField(_("首接单位代码"), max_length=32)
    number = models.CharField(_("诉求编号"), max_length=40)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="+")
    here = models.CharField(_("平台"), max_length=64, blank=True)
    there = models.CharField(_("企业"), max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对账差异")
        ordering = ["unit", "number", "kind"]
        constraints = [
            models.UniqueConstraint(
                name="difference_once", fields=["reconciliation", "owner", "number", "kind"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
