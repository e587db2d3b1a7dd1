"""Notices of outages and limits: their versions, what the rules find in them, and the rules.

Source: campaign plan 二(一)1 (S1-2.1.1g, S1-2.1.1h), 三(三)3 (S1-3.3.1(3)b, c), 四(二) (S1-4.2g);
Measures on Supervision of Power Supply (供电监管办法) art. 13, 14.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.spans import ends_after_it_starts, not_ended

if TYPE_CHECKING:
    from accounts.models import User


class OutageRuleQuerySet(models.QuerySet["OutageRule"]):
    def in_force(self, *, on: date) -> OutageRuleQuerySet:
        """Per code the rule of a day: the one that began last, unless it ended."""
        begun = self.filter(code=models.OuterRef("code"), valid_from__lte=on)
        latest = begun.order_by("-valid_from").values("pk")[:1]
        return self.filter(not_ended(on), pk=models.Subquery(latest))


class OutageRule(models.Model):
    """One rule on outages, as data, with its basis and the day from which it holds."""

    class Family(models.TextChoices):
        KIND = "kind", _("停限电类型")
        REASON = "reason", _("停限电原因")
        NOTICE = "notice", _("公告提前量")
        IMPORTANT = "important", _("重要用户通知")
        RESTORE = "restore", _("恢复供电")
        DURATION = "duration", _("连续停电时间")
        YEARLY = "yearly", _("全年停电时间")
        FREQUENT = "frequent", _("频繁停电")
        DETECT = "detect", _("未公告停电识别")

    code = models.CharField(_("代码"), max_length=40)
    family = models.CharField(_("类别"), max_length=12, choices=Family)
    title = models.CharField(_("名称"), max_length=80)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    # Kinds of outages that it is for; empty: all.
    kinds = models.JSONField(_("适用类型"), default=list, blank=True)
    value = models.PositiveIntegerField(_("限值"), null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    # What more it says: see ``reporting.outages.rules``.
    content = models.JSONField(_("内容"), default=dict, blank=True)
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = OutageRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("停限电规则")
        ordering = ["family", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="outage_rule_once", fields=["code", "valid_from"]),
            ends_after_it_starts("outage_rule_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title


class OutageNoticeQuerySet(models.QuerySet["OutageNotice"]):
    def visible_to(self, user: User) -> OutageNoticeQuerySet:
        """Those of organisations in sight."""
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.OUTAGE_VIEW)
        return self.filter(organisation__in=units.order_by().values("pk"))

    def standing(self) -> OutageNoticeQuerySet:
        """Without those that were cancelled."""
        return self.exclude(state=OutageNotice.State.CANCELLED)

    def public(self) -> OutageNoticeQuerySet:
        """What everybody may read: announced, and not about one customer alone."""
        known = Q(published_at__isnull=False) | Q(kind__in=EMERGENCIES)
        return self.filter(known, DARK).exclude(kind=OutageNotice.Kind.ARREARS)

    def counted(self) -> OutageNoticeQuerySet:
        """Outages that took place, are to, or were called off only when they should have begun."""
        return self.filter(COUNTED)


class OutageNotice(models.Model):
    """One outage or limit as its company announced it, with what became of it."""

    class Kind(models.TextChoices):
        PLANNED = "planned", _("计划停电")
        TEMPORARY = "temporary", _("临时停电")
        FAULT = "fault", _("故障停电")
        SHORTAGE = "shortage", _("超供电能力停限电")
        ORDERED_USE = "ordered_use", _("有序用电")
        ARREARS = "arrears", _("欠费停电")

    class State(models.TextChoices):
        STANDING = "standing", _("有效")
        CANCELLED = "cancelled", _("已取消")

    class Method(models.TextChoices):
        OUTAGE = "outage", _("停电作业")
        LIVE_WORKING = "live_working", _("带电作业")
        LIVE_DETECTION = "live_detection", _("带电检测")
        BYPASS = "bypass", _("旁路作业")
        MOBILE_GENERATOR = "mobile_generator", _("移动发电")

    class AreaType(models.TextChoices):
        URBAN = "urban", _("城区")
        RURAL = "rural", _("农村")
        REMOTE = "remote", _("边远")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    number = models.CharField(_("编号"), max_length=40)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    # Code of a rule of the family "reason"; empty where none was given.
    reason = models.CharField(_("原因"), max_length=40, blank=True)
    reason_text = models.CharField(_("原因说明"), max_length=200, blank=True)
    # Number of the approved plan, or of the notice to whoever is in arrears.
    document = models.CharField(_("依据文件"), max_length=80, blank=True)

    area = models.CharField(_("停电区域"), max_length=300)
    area_type = models.CharField(_("城乡类别"), max_length=10, choices=AreaType, blank=True)
    substation = models.CharField(_("变电站"), max_length=60, blank=True)
    lines = models.JSONField(_("停电线路"), default=list, blank=True)
    transformer_areas = models.JSONField(_("停电台区"), default=list, blank=True)
    households = models.PositiveIntegerField(_("居民户数"), default=0)
    important_users = models.PositiveIntegerField(_("重要用户数"), default=0)
    dedicated_users = models.PositiveIntegerField(_("专变用户数"), default=0)
    sensitive_users = models.PositiveIntegerField(_("敏感用户数"), default=0)

    planned_start = models.DateTimeField(_("计划停电时间"))
    planned_end = models.DateTimeField(_("计划复电时间"))
    # When these times were announced; for arrears, when the notice was delivered.
    published_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    # Moved after it was announced: it counts as announced from when that was filed at the earliest.
    counts_from = models.DateTimeField(null=True, blank=True)
    # What was said of the announcement before it was moved to an earlier time; it counts on.
    told_first = models.DateTimeField(_("改早前的公告时间"), null=True, blank=True)
    channels = models.JSONField(_("公告渠道"), default=list, blank=True)
    important_told_at = models.DateTimeField(_("通知重要用户时间"), null=True, blank=True)
    important_record = models.CharField(_("重要用户通知记录"), max_length=200, blank=True)

    actual_start = models.DateTimeField(_("实际停电时间"), null=True, blank=True)
    actual_end = models.DateTimeField(_("实际复电时间"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("抢修到场时间"), null=True, blank=True)
    # When the work was done, the fault removed, or the arrears paid.
    cause_ended_at = models.DateTimeField(_("停电原因消除时间"), null=True, blank=True)

    method = models.CharField(_("作业方式"), max_length=20, choices=Method, default=Method.OUTAGE)
    avoided_hours = models.DecimalField(
        _("减少停电时间（小时）"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    avoided_households = models.PositiveIntegerField(_("减少停电户数"), default=0)

    # Place, lines and transformer areas in one text, to be searched.
    words = models.TextField(blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.STANDING)
    # Why it was changed or cancelled last.
    change_reason = models.CharField(_("变更、取消原因"), max_length=200, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    # Of what was filed at first, to tell a repeated message from another one.
    digest = models.CharField(max_length=64)
    # How long before its start it was announced, in seconds; and whether that was enough.
    lead_seconds = models.BigIntegerField(_("提前量"), null=True, blank=True)
    lead_ok = models.BooleanField(null=True, blank=True)
    explanation = models.JSONField(default=list, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    # When time alone may change what the rules find.
    judge_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = OutageNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("停限电信息")
        ordering = ["-planned_start", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="outage_number_once_per_unit", fields=["organisation", "number"]
            ),
            models.CheckConstraint(
                name="outage_ends_after_it_starts", condition=Q(planned_end__gt=F("planned_start"))
            ),
            models.CheckConstraint(
                name="outage_restored_after_it_went_off",
                condition=Q(actual_end__isnull=True) | Q(actual_end__gte=F("actual_start")),
            ),
            models.CheckConstraint(
                name="outage_cancelled_with_reason",
                condition=~Q(state="cancelled") | ~Q(change_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["-planned_start", "-id"], name="outage_by_start"),
            models.Index(fields=["organisation", "-planned_start", "-id"], name="outage_by_unit"),
            models.Index(
                fields=["judge_at"], name="outage_to_judge", condition=Q(judge_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def called_off(self) -> bool:
        """Whether it was cancelled only after it should have begun."""
        return self.cancelled_at is not None and self.cancelled_at >= self.planned_start

    @property
    def announced_at(self) -> datetime | None:
        """From when its announcement counts, whatever was typed afterwards."""
        if self.published_at is None:
            return None
        known = (self.published_at, self.counts_from, self.told_first)
        return max(moment for moment in known if moment is not None)


# Kinds that come unforeseen: nobody announces them beforehand.
EMERGENCIES = (OutageNotice.Kind.FAULT, OutageNotice.Kind.SHORTAGE)
# Of work by other methods nobody is off, unless it is said that power went off.
DARK = Q(method=OutageNotice.Method.OUTAGE) | Q(actual_start__isnull=False)
COUNTED = DARK & (Q(state=OutageNotice.State.STANDING) | Q(cancelled_at__gte=F("planned_start")))


class OfNoticeQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfNoticeQuerySet:
        """With their notices."""
        return self.filter(notice__in=OutageNotice.objects.visible_to(user).order_by().values("pk"))


class OutageFlag(models.Model):
    """What a rule found against a notice as it stands now."""

    class Code(models.TextChoices):
        LATE = "late", _("公告提前量不足")
        MISSING = "missing", _("停电前未公告")
        IMPORTANT = "important", _("重要用户未按时通知")
        REASON = "reason", _("没有法定停电原因")
        DOCUMENT = "document", _("没有经批准的方案")
        FIELDS = "fields", _("公告内容不全")
        EARLY = "early", _("早于公告时间停电")
        OVERRUN = "overrun", _("超过公告时间未复电")
        RESTORE = "restore", _("原因消除后未按时复电")
        REPAIR = "repair", _("抢修到场超时")
        DURATION = "duration", _("连续停电时间过长")
        VIOLATION = "violation", _("随意停居民用电")
        UNREPORTED = "unreported", _("未填报实际停复电时间")
        CORRECTED = "corrected", _("公告时间事后改早")
        UNMATCHED = "unmatched", _("依据文件与平台所存方案不符")
        GAPS = "gaps", _("填报不全，复电、到场时限无法核对")

    notice = models.ForeignKey(OutageNotice, models.CASCADE, related_name="flags")
    code = models.CharField(_("问题"), max_length=12, choices=Code)
    rule = models.ForeignKey(OutageRule, models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.CharField(_("说明"), max_length=300, blank=True)
    # Since when it stands only because it was found before the company changed what it had said.
    kept_at = models.DateTimeField(null=True, blank=True)

    objects = OfNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("停限电问题")
        ordering = ["notice", "code"]
        constraints = [
            models.UniqueConstraint(name="outage_flag_once", fields=["notice", "code"]),
        ]
        indexes = [models.Index(fields=["code", "notice"], name="outage_flag_by_code")]

    def __str__(self) -> str:
        return self.get_code_display()


class OutageVersion(models.Model):
    """A notice as it stood after one act; never changed."""

    class Act(models.TextChoices):
        FILE = "file", _("登记")
        CHANGE = "change", _("变更")
        CANCEL = "cancel", _("取消")
        REPORT = "report", _("填报实际情况")

    notice = models.ForeignKey(OutageNotice, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    act = models.CharField(_("事项"), max_length=10, choices=Act)
    content = models.JSONField(_("内容"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    # Who did it: a person, or the system of the unit.
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    objects = OfNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("停限电信息版本")
        ordering = ["notice", "number"]
        constraints = [
            models.UniqueConstraint(name="outage_version_once", fields=["notice", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.notice} v{self.number}"


class OutageLeadQuerySet(models.QuerySet["OutageLead"]):
    def visible_to(self, user: User) -> OutageLeadQuerySet:
        """Regulators only: those about organisations in sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.FINDING_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))


class OutageLead(models.Model):
    """Callers without power at one place at one time, and no notice that covers it."""

    class State(models.TextChoices):
        OPEN = "open", _("待核实")
        ACCEPTED = "accepted", _("已采纳")
        DISMISSED = "dismissed", _("未采纳")

    class Place(models.TextChoices):
        FEEDER = "feeder", _("线路")
        TRANSFORMER_AREA = "transformer_area", _("台区")
        ADDRESS = "address", _("地址")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    level = models.CharField(_("范围"), max_length=20, choices=Place)
    place = models.CharField(_("位置"), max_length=120)
    starts_at = models.DateTimeField(_("最早反映时间"))
    ends_at = models.DateTimeField(_("最晚反映时间"))
    count = models.PositiveIntegerField(_("诉求件数"))
    callers = models.PositiveIntegerField(_("反映人数"))
    cases = models.ManyToManyField("complaints.Case", related_name="+", verbose_name=_("诉求"))
    # Keys of the nearest notices, and why each does not cover it.
    nearest = models.JSONField(_("最近的停限电信息"), default=list, blank=True)
    rule = models.ForeignKey(OutageRule, models.PROTECT, related_name="+")
    # A notice that was filed afterwards and would have covered it.
    told_later = models.ForeignKey(
        OutageNotice, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(_("处理意见"), max_length=500, blank=True)
    proposal = models.ForeignKey(
        "reporting.FindingProposal", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("发现时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    objects = OutageLeadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("疑似未公告停电")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-starts_at", "-id"], name="outage_lead_by_state"),
            models.Index(fields=["organisation", "-starts_at"], name="outage_lead_by_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="outage_lead_decided_by_somebody",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="outage_lead_dismissed_with_reason",
                condition=~Q(state="dismissed") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.starts_at:%Y-%m-%d %H:%M}"
