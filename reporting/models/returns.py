"""Periodic returns: the form as data, who owes one for which period, and what was handed in.

Source: campaign plan 二(二)1 and 2 (S1-2.2.1a, S1-2.2.1d), 四(十) (S1-4.1j).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.fields import EncryptedJSONField
from reporting.workflow.returns import FILED_STATES, UNFILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User


class ReturnFormQuerySet(models.QuerySet["ReturnForm"]):
    def visible_to(self, user: User) -> ReturnFormQuerySet:
        """What is published may be read by all who see filings; drafts by who maintains forms."""
        if not user.is_authenticated:
            return self.none()
        if user.can(Permission.RETURN_FORM_MANAGE):
            return self
        seen = user.can(Permission.FILING_VIEW)
        return self.filter(published_at__isnull=False) if seen else self.none()

    def published(self) -> ReturnFormQuerySet:
        return self.filter(published_at__isnull=False)

    def in_force(self, *, on: date) -> ReturnFormQuerySet:
        """Per code the published version that holds for a period beginning on a day."""
        latest = (
            self.published()
            .filter(code=models.OuterRef("code"), valid_from__lte=on)
            .order_by("-valid_from", "-version")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(latest))


class ReturnForm(models.Model):
    """One version of a form. A period keeps the version it was opened with, so two may be open."""

    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("名称"), max_length=80)
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    content = models.JSONField(_("定义"))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("上传时间"))
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)

    objects = ReturnFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表定义")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(name="return_form_one_per_version", fields=["code", "version"]),
            models.CheckConstraint(
                name="return_form_published_with_first_day",
                condition=Q(published_at__isnull=True) | Q(valid_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class ReturnCollectionQuerySet(models.QuerySet["ReturnCollection"]):
    def visible_to(self, user: User) -> ReturnCollectionQuerySet:
        """Those of the offices and, for companies, of whoever receives their returns."""
        if not user.is_authenticated or not user.can(Permission.FILING_VIEW):
            return self.none()
        seen = Organisation.objects.filter(user.sight(Permission.FILING_VIEW))
        owed = Return.objects.filter(organisation__in=seen).values("collection")
        return self.filter(Q(office__in=seen) | Q(pk__in=owed))

    def running(self, *, on: date) -> ReturnCollectionQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class ReturnCollection(models.Model):
    """An office collects a form from its territory from one day to another."""

    code = models.CharField(_("报表"), max_length=40)
    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("收集单位")
    )
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    started_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("设立时间"))

    objects = ReturnCollectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表收集")
        ordering = ["code", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="return_collection_one_per_start", fields=["code", "office", "starts_on"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.office}"


# Nothing has come, or what came was sent back. What was accepted stands while it is corrected.
OWED = Q(state=State.RETURNED) | Q(state__in=UNFILED_STATES, accepted_version__isnull=True)


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, user: User) -> ReturnQuerySet:
        """Of the units in sight: one's own and those below, for regulators the territory."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(user.sight(Permission.FILING_VIEW))
        return self.filter(organisation__in=seen)

    def accepted(self) -> ReturnQuerySet:
        return self.filter(accepted_version__isnull=False)

    def owed(self) -> ReturnQuerySet:
        """What has to be filed or put right; not the correction of what was accepted."""
        return self.filter(OWED)


class Return(models.Model):
    """What one unit owes for one period: the form's version, the deadline and where it stands."""

    form = models.ForeignKey(ReturnForm, models.PROTECT, related_name="returns")
    # The form's code once more: whatever its version, one return per unit and period.
    code = models.CharField(_("报表"), max_length=40)
    collection = models.ForeignKey(
        ReturnCollection, models.PROTECT, null=True, related_name="returns"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="returns", verbose_name=_("报送单位")
    )
    recipient = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="received_returns",
        verbose_name=_("受理单位"),
    )
    period_start = models.DateField(_("报告期起"))
    period_end = models.DateField(_("报告期止"))
    # The deadline that stands: once it was sent back, that of putting it right.
    due_at = models.DateTimeField(_("截止时间"))
    due_explanation = models.JSONField(default=list)
    # The deadline when it first came, and whether it came late: nothing later changes that.
    first_due_at = models.DateTimeField(_("首次报送时的截止时间"), null=True)
    first_late = models.BooleanField(_("首次报送逾期"), null=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    current_version = models.ForeignKey(
        "reporting.ReturnVersion", models.PROTECT, null=True, related_name="+"
    )
    # The last version that left the unit: all that its recipient sees.
    filed_version = models.ForeignKey(
        "reporting.ReturnVersion", models.PROTECT, null=True, related_name="+"
    )
    # What counts, also while a correction is on its way.
    accepted_version = models.ForeignKey(
        "reporting.ReturnVersion", models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("开启时间"))
    # What a correction of an earlier period has put in question here, until a new version is filed:
    # [{"period", "version", "sheet", "cell", "column", "problem", "remedy"}].
    recheck = EncryptedJSONField(_("因前期更正需要核对"), default=list)
    recheck_at = models.DateTimeField(_("提出核对的时间"), null=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表报送")
        ordering = ["due_at", "code", "organisation"]
        constraints = [
            models.UniqueConstraint(
                name="return_one_per_unit_and_period",
                fields=["code", "organisation", "period_start"],
            ),
        ]
        indexes = [
            models.Index(name="return_by_period", fields=["code", "period_start"]),
            models.Index(name="return_by_state", fields=["state", "due_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.form.title} · {self.period_start}"

    @property
    def owes(self) -> bool:
        """Whether something has to be filed or put right."""
        unfiled = self.state in UNFILED_STATES and self.accepted_version_id is None
        return unfiled or self.state == State.RETURNED

    @property
    def is_correcting(self) -> bool:
        """Whether a correction of what was accepted is being made, and not filed yet."""
        return self.state in UNFILED_STATES and self.accepted_version_id is not None


class ReturnVersionQuerySet(models.QuerySet["ReturnVersion"]):
    def visible_to(self, user: User) -> ReturnVersionQuerySet:
        """All versions for the unit itself and its company; for regulators what was filed."""
        if not user.is_authenticated:
            return self.none()
        own = Q(pk__in=())
        for place, role in user.stands:
            if Permission.FILING_VIEW in role.permissions and place.is_company:
                own |= Q(entry__organisation__path__startswith=place.path)
        seen = Organisation.objects.filter(user.sight(Permission.FILING_VIEW))
        return self.filter(own | Q(entry__organisation__in=seen, state__in=FILED_STATES))


class ReturnVersion(models.Model):
    """One version of a return: drafted, certified by a second person, filed, reviewed.

    ``rows`` holds {sheet: [row]} in stored form, with values as typed where they do not fit yet.
    """

    entry = models.ForeignKey(Return, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    rows = EncryptedJSONField(_("内容"), default=dict)
    # How often it was saved: whoever saves says which saving they saw.
    revision = models.PositiveIntegerField(default=0)
    # Who made each saving, in their order; 0 for a machine.
    savers = models.JSONField(default=list)
    # Soft warnings that were confirmed: {warning key: reason}.
    confirmed = models.JSONField(_("已说明的提示"), default=dict)
    editors = models.JSONField(default=list)
    correction_reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    sent_back_reason = models.CharField(_("退回填报人的理由"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("开始填报时间"))
    certified_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("报送时间"), null=True)
    due_at_submission = models.DateTimeField(_("报送时的截止时间"), null=True)
    is_late = models.BooleanField(_("逾期报送"), default=False)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    receipt_number = models.CharField(_("回执编号"), max_length=60, blank=True)
    # With this everybody can have the receipt verified.
    verify_code = models.CharField(_("核验码"), max_length=32, blank=True, db_index=True)
    accepted_at = models.DateTimeField(_("审核通过时间"), null=True)

    objects = ReturnVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表版本")
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(name="return_version_number_once", fields=["entry", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} v{self.number}"

    def sheet(self, name: str) -> list[dict[str, Any]]:
        """The rows of one sheet."""
        return list(self.rows.get(name) or [])


class ReturnUpload(models.Model):
    """A workbook whose rows were taken into a version: kept as it came, told of on the receipt."""

    version = models.ForeignKey(ReturnVersion, models.CASCADE, related_name="uploads")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("报表上传文件")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.version} · {self.file}"


class ReturnReminder(models.Model):
    """A person was reminded of a return at a step of the deadline that stood then: once."""

    entry = models.ForeignKey(Return, models.CASCADE, related_name="reminders")
    # Working days from the day of the deadline, as the definition has it.
    step = models.SmallIntegerField(_("催报步骤"))
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("截止时间"))
    at = models.DateTimeField(_("发出时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("报表催报记录")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="return_reminder_once_per_step",
                fields=["entry", "due_at", "step", "person"],
            ),
        ]
        indexes = [models.Index(fields=["person", "at"], name="return_reminder_by_person")]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.step} · {self.person}"


class ReturnReceiptCounter(models.Model):
    """The last number that a recipient gave to a return in a year; locked while one is taken."""

    recipient = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveIntegerField(_("年度"))
    last = models.PositiveIntegerField(_("末号"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("报表回执编号")
        constraints = [
            models.UniqueConstraint(
                name="return_receipt_counter_once", fields=["recipient", "year"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.year}: {self.last}"


class ReturnReviewQuerySet(models.QuerySet["ReturnReview"]):
    def visible_to(self, user: User) -> ReturnReviewQuerySet:
        return self.filter(version__in=ReturnVersion.objects.visible_to(user))


class ReturnReview(models.Model):
    """One decision on a filed version; a return names every deficient cell and its rule."""

    class Decision(models.TextChoices):
        RETURNED = "returned", _("退回补正")
        ACCEPTED = "accepted", _("审核通过")

    version = models.ForeignKey(ReturnVersion, models.PROTECT, related_name="reviews")
    decision = models.CharField(_("决定"), max_length=10, choices=Decision)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    comment = models.TextField(_("意见"), blank=True)
    # [{"sheet", "cell", "column", "problem", "rule"}]; at least one when returned.
    deficient = models.JSONField(_("退回问题"), default=list)
    new_due_at = models.DateTimeField(_("补正期限"), null=True, blank=True)
    new_due_explanation = models.JSONField(default=list)

    objects = ReturnReviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表审核")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.version} · {self.get_decision_display()}"
