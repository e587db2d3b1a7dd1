"""Archives of customers as grids need them, what is wrong with them, and the work that mends it.

Source: grid standard 5.5.1, 5.5.2 (S2-5.5.1c, S2-5.5.2a, S2-5.5.2b).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from grids.models.sharing import shared_units
from grids.sharing.moves import TaskState

if TYPE_CHECKING:
    from accounts.models import User


class OfUnitQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfUnitQuerySet:
        """To the unit that keeps it, its enterprise, and those above; no government department."""
        if not user.is_authenticated:
            return self.none()
        units = shared_units(user)
        return self.filter(Q(organisation__in=units) | Q(enterprise__in=units))


class ArchiveRecord(models.Model):
    """What grid work has to know of an account; everything personal is encrypted."""

    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电企业")
    )
    # The unit that keeps it: that of its grid.
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("维护单位")
    )
    number = models.CharField(_("档案编号"), max_length=40)
    account_no = EncryptedTextField(_("户号"), blank=True)
    account_index = models.CharField(max_length=64, blank=True, db_index=True)
    name = EncryptedTextField(_("户名"), blank=True)
    phone = EncryptedTextField(_("联系电话"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    address = EncryptedTextField(_("用电地址"), blank=True)
    usage = models.CharField(_("用电类别"), max_length=20, blank=True)
    area = models.ForeignKey(
        "grids.TransformerArea",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("台区"),
    )
    grid = models.ForeignKey(
        "grids.PowerGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("电力网格"),
    )
    government_grid = models.ForeignKey(
        "grids.GovernmentGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("政府网格"),
    )
    # The last day on which somebody made sure that it is right.
    checked_on = models.DateField(_("核对日期"))
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("客户档案")
        ordering = ["enterprise", "number"]
        constraints = [
            models.UniqueConstraint(name="archive_number_once", fields=["enterprise", "number"]),
        ]
        indexes = [
            models.Index(fields=["organisation", "number"], name="archive_by_unit"),
            models.Index(fields=["updated_at", "id"], name="archive_by_change"),
        ]

    def __str__(self) -> str:
        return self.number


class FixTask(models.Model):
    """Archives of a unit that fail a rule, to be mended by a day; it ends when all pass."""

    number = models.CharField(_("任务编号"), max_length=40, unique=True)
    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("下达单位")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("承办单位")
    )
    rule = models.CharField(_("规则"), max_length=40)
    state = models.CharField(_("状态"), max_length=10, choices=TaskState, default=TaskState.OPEN)
    issued_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("下达时间"))
    due_at = models.DateTimeField(_("时限"))
    provisional = models.BooleanField(default=False)
    explanation = models.JSONField(default=list, blank=True)
    rechecked_at = models.DateTimeField(_("最近复核时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    # When its people were reminded: before the deadline, and after it.
    reminded_at = models.DateTimeField(null=True, blank=True)
    late_told_at = models.DateTimeField(null=True, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("档案治理任务")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="fix_task_closed_has_its_time",
                condition=Q(state=TaskState.OPEN, closed_at__isnull=True)
                | Q(state=TaskState.CLOSED, closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def late(self, now: datetime) -> bool:
        """Whether it was, or is by now, finished after its deadline."""
        return (self.closed_at or now) >= self.due_at + timedelta(seconds=1)


class DataProblem(models.Model):
    """A field of an archive that fails a rule; closed by passing the rule.

    Where the rule itself ends it is closed with a ``ProblemEnd`` that says so.
    """

    record = models.ForeignKey(ArchiveRecord, models.PROTECT, related_name="problems")
    enterprise = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("维护单位")
    )
    rule = models.CharField(_("规则"), max_length=40)
    field = models.CharField(_("字段"), max_length=40)
    found_at = models.DateTimeField(_("发现时间"))
    closed_at = models.DateTimeField(_("复核通过时间"), null=True, blank=True)
    task = models.ForeignKey(
        FixTask, models.PROTECT, null=True, blank=True, related_name="problems"
    )

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("档案数据问题")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="data_problem_open_once",
                fields=["record", "rule", "field"],
                condition=Q(closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["-found_at", "-id"], name="data_problem_by_time"),
            models.Index(fields=["rule", "closed_at"], name="data_problem_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.rule}"

    @property
    def ended(self) -> str:
        """Why it ended without being mended; empty for any other."""
        end = getattr(self, "end", None)
        return end.reason if end is not None else ""


class ProblemEnd(models.Model):
    """A problem that nobody mended: its rule does not count any more, and why."""

    problem = models.OneToOneField(DataProblem, models.PROTECT, related_name="end")
    reason = models.CharField(_("终止原因"), max_length=200)
    at = models.DateTimeField(_("终止时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("档案数据问题终止")

    def __str__(self) -> str:
        return self.reason


class QualityCheck(models.Model):
    """All archives of an enterprise held against the rules of a day: what passed, what failed."""

    enterprise = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("检查时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    records = models.PositiveIntegerField(_("档案数"))
    # Rule → [looked at, passed], in fields of archives.
    results = models.JSONField(_("结果"))
    opened = models.PositiveIntegerField(_("新发现"), default=0)
    closed = models.PositiveIntegerField(_("复核通过"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("数据质量检查")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["enterprise", "-at"], name="quality_check_by_time")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.at:%Y-%m-%d}"


class AccuracySample(models.Model):
    """Archives drawn by a seed, of which a person says field by field what is right (S2-5.5.1c).

    Everybody can draw again: the numbers of the archives in the order of SHA-256 of "seed:number".
    """

    enterprise = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("抽查单位")
    )
    seed = models.CharField(_("随机种子"), max_length=40)
    size = models.PositiveIntegerField(_("样本数"))
    population = models.PositiveIntegerField(_("总体"))
    # Of all numbers that could have been drawn.
    digest = models.CharField(_("总体摘要"), max_length=64)
    fields = models.JSONField(_("核实字段"))
    drawn_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("抽取时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    objects = OfUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("档案抽查")
        ordering = ["-drawn_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="accuracy_sample_seed_once", fields=["organisation", "seed"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.seed}"


class OfSampleQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfSampleQuerySet:
        """With their samples."""
        seen = AccuracySample.objects.visible_to(user).order_by()
        return self.filter(sample__in=seen.values("pk"))


class SampleItem(models.Model):
    """One archive of a sample, and what a person says of its fields."""

    sample = models.ForeignKey(AccuracySample, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField(_("序号"))
    record = models.ForeignKey(ArchiveRecord, models.PROTECT, related_name="+")
    # Field → right (true) or wrong (false).
    answers = models.JSONField(_("核实结果"), default=dict, blank=True)
    judged_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(_("核实时间"), null=True, blank=True)

    objects = OfSampleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("抽查档案")
        ordering = ["sample", "position"]
        constraints = [
            models.UniqueConstraint(name="sample_item_place_once", fields=["sample", "position"]),
            models.UniqueConstraint(name="sample_item_record_once", fields=["sample", "record"]),
        ]

    def __str__(self) -> str:
        return f"{self.sample} {self.position}"
