"""The table of an ordered-use plan, user by user, and the workbooks that it is handed in with.

Source: 有序用电管理办法（发改运行〔2011〕832号）; campaign plan 二(一)1 (S1-2.1.1b).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from reporting.models.plan import OfPlanQuerySet, OrderedUsePlan, PlanGrade

if TYPE_CHECKING:
    from accounts.models import User


class PlanRowQuerySet(OfPlanQuerySet):
    def called_at(self, grade: PlanGrade) -> PlanRowQuerySet:
        """The rows that are carried out when a grade is called."""
        if grade.plan.listing == OrderedUsePlan.Listing.EACH:
            return self.filter(plan=grade.plan_id, grade_order=grade.order)
        return self.filter(plan=grade.plan_id, grade_order__lte=grade.order)


class PlanRow(models.Model):
    """One user's (or line's) measure: the fields of the plan's table. Contact and phone sealed."""

    plan = models.ForeignKey(OrderedUsePlan, models.CASCADE, related_name="rows")
    # The line of the workbook, or the number after the last one.
    line = models.PositiveIntegerField(_("序号"))
    region = models.CharField(_("地区"), max_length=40)
    supply_unit = models.CharField(_("供电单位"), max_length=60)
    substation = models.CharField(_("变电站"), max_length=60, blank=True)
    line_name = models.CharField(_("供电线路"), max_length=60, blank=True)
    line_code = models.CharField(_("线路编号"), max_length=40, blank=True)
    transformer = models.CharField(_("变压器"), max_length=60, blank=True)
    user_no = models.CharField(_("户号"), max_length=30)
    user_name = models.CharField(_("用户名称"), max_length=80)
    industry = models.CharField(_("行业"), max_length=40, blank=True)
    user_class = models.CharField(_("用户类别"), max_length=10)
    protected = models.CharField(_("优先保障类别"), max_length=20, blank=True)
    capacity_kva = models.PositiveIntegerField(_("报装容量"))
    max_load_kw = models.PositiveIntegerField(_("最大负荷"))
    security_load_kw = models.PositiveIntegerField(_("保安负荷"), default=0)
    reducible_kw = models.PositiveIntegerField(_("可压限负荷"))
    grade = models.CharField(_("方案等级"), max_length=10)
    grade_order = models.PositiveSmallIntegerField(default=0)
    measure = models.CharField(_("措施"), max_length=10)
    time_from = models.CharField(_("起始时段"), max_length=5)
    time_to = models.CharField(_("终止时段"), max_length=5)
    rest_day = models.CharField(_("轮休日"), max_length=4, blank=True)
    control_means = models.CharField(_("控制方式"), max_length=10)
    mixed_line = models.BooleanField(_("企业居民共线"), default=False)
    separable = models.BooleanField(_("可分离"), default=False)
    cutoff_device = models.BooleanField(_("断电设施"), default=False)
    contact = EncryptedTextField(_("联系人"), blank=True, tolerant=True)
    phone = EncryptedTextField(_("联系电话"), blank=True, tolerant=True)
    # Equal telephones are found by this.
    phone_index = models.CharField(max_length=64, blank=True)

    objects = PlanRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("方案明细")
        ordering = ["plan", "line"]
        constraints = [
            models.UniqueConstraint(name="plan_row_line_once", fields=["plan", "line"]),
        ]
        indexes = [
            models.Index(name="plan_row_by_user", fields=["plan", "user_no"]),
            models.Index(name="plan_row_by_grade", fields=["plan", "grade_order", "line"]),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}:{self.line}"


class PlanImportQuerySet(models.QuerySet["PlanImport"]):
    def visible_to(self, user: User) -> PlanImportQuerySet:
        """Whoever handed a workbook in, nobody else: its errors show what stands in it."""
        return self.filter(by_id=user.pk) if user.is_authenticated else self.none()


class PlanImport(models.Model):
    """One workbook of rows, checked and, when nothing hard was found, stored in place of all."""

    class State(models.TextChoices):
        WAITING = "waiting", _("处理中")
        ENTERED = "entered", _("已导入")
        FAULTY = "faulty", _("有错误，未导入")
        FAILED = "failed", _("处理未成功")

    plan = models.ForeignKey(OrderedUsePlan, models.CASCADE, related_name="imports")
    name = models.CharField(_("文件名"), max_length=150)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    upload = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    faults = models.PositiveIntegerField(_("错误"), default=0)
    # The first of them; all stand in the marked copy.
    problems = models.JSONField(default=list)
    copy = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")

    objects = PlanImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("方案导入")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name
