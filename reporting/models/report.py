"""Frozen figures, stage reports made from them, and their versions.

Source: campaign plan 四, 五(一)5 (S1-4.2j, S1-5.1.5): the bureau sums up and reports upwards.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import with_absorbed
from reporting.workflow.report import APPROVED_STATES, State

if TYPE_CHECKING:
    from accounts.models import Organisation, User


def _own_or_issued(user: User, *, issued: Q) -> Q:
    """Whole papers of the offices that a person works in; from offices below only what is out."""
    condition = Q(pk__in=())
    for place in with_absorbed(user, Permission.REPORT_VIEW):
        below = Q(organisation__path__startswith=place.path)
        condition |= Q(organisation=place) | (below & issued)
    return condition


class ReportTemplateQuerySet(models.QuerySet["ReportTemplate"]):
    def visible_to(self, user: User) -> ReportTemplateQuerySet:
        """Those for every office that are in use, and all of one's own office."""
        if not user.is_authenticated:
            return self.none()
        places = with_absorbed(user, Permission.REPORT_VIEW)
        if not places:
            return self.none()
        return self.filter(Q(organisation__isnull=True, draft=False) | Q(organisation__in=places))

    def in_force(
        self, *, on: date, organisation: Organisation | None = None
    ) -> ReportTemplateQuerySet:
        """Those that an office may use on a day, its own and the later ones first."""
        usable = Q(organisation__isnull=True)
        if organisation is not None:
            usable |= Q(organisation=organisation)
        begun = self.filter(usable, draft=False, valid_from__lte=on)
        return begun.order_by(F("organisation").desc(nulls_last=True), "-valid_from", "-version")

    def current(
        self, code: str, *, on: date, organisation: Organisation | None = None
    ) -> ReportTemplate:
        """The version in force on a day. Raises ``ReportTemplate.DoesNotExist``."""
        if (
            found := self.in_force(on=on, organisation=organisation).filter(code=code).first()
        ) is None:
            raise ReportTemplate.DoesNotExist(code)
        return found


class ReportTemplate(models.Model):
    """What a kind of report consists of, as data (see ``reporting.chapters``); versions are kept.

    An office may word it its own way: such a version is its own, and comes before the common one.
    """

    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("名称"), max_length=120)
    phase_number = models.PositiveSmallIntegerField(_("阶段"))
    valid_from = models.DateField(_("启用日期"))
    content = models.JSONField(_("定义"))
    # Whose own wording it is; empty: for every office.
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("编制单位"),
    )
    draft = models.BooleanField(_("试用"), default=False)
    # How often it was saved: whoever saves says which saving they saw.
    revision = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(_("编辑时间"), null=True, blank=True)
    adopted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    adopted_at = models.DateTimeField(_("启用时间"), null=True, blank=True)

    objects = ReportTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报告模板")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(
                name="report_template_one_per_version",
                fields=["code", "version"],
                condition=Q(organisation__isnull=True),
            ),
            models.UniqueConstraint(
                name="report_template_one_per_office_and_version",
                fields=["organisation", "code", "version"],
                condition=Q(organisation__isnull=False),
            ),
            models.UniqueConstraint(
                name="report_template_one_draft_per_office",
                fields=["organisation", "code"],
                condition=Q(draft=True),
            ),
            models.CheckConstraint(
                name="report_template_common_ones_are_no_drafts",
                condition=Q(draft=False) | Q(organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="report_template_four_eyes",
                condition=Q(adopted_by__isnull=True) | ~Q(adopted_by=F("edited_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def is_public(self) -> bool:
        """Whether what is made from it is meant for everybody to read."""
        return bool(self.content.get("public"))

    @property
    def approver(self) -> str:
        """The right to approve, issue and publish what is made from it."""
        return str(self.content.get("approve", Permission.REPORT_APPROVE))


class FigureSnapshotQuerySet(models.QuerySet["FigureSnapshot"]):
    def visible_to(self, user: User) -> FigureSnapshotQuerySet:
        """Snapshots of one's own office; of offices below those behind an issued report."""
        if not user.is_authenticated:
            return self.none()
        out = StageReport.objects.filter(state=State.ISSUED).values("snapshot")
        return self.filter(_own_or_issued(user, issued=Q(pk__in=out)))

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("a snapshot is never changed")


class FigureSnapshot(models.Model):
    """All figures of a phase at one instant, each with the rows it counts; never changed.

    ``rows``: {row id: {organisation, name, province, cells}} without personal data. ``figures``:
    {key: {label, unit, value, rows: [row id]}}; a rate names two counts instead of rows.
    ``digest``: SHA-256 of the canonical JSON of all of it.
    """

    campaign = models.ForeignKey("campaign.Campaign", models.PROTECT, related_name="snapshots")
    phase = models.ForeignKey("campaign.Phase", models.PROTECT, related_name="snapshots")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("编制单位")
    )
    template = models.ForeignKey(
        ReportTemplate, models.PROTECT, related_name="+", verbose_name=_("报告模板")
    )
    taken_at = models.DateTimeField(_("取数时间"))
    taken_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(_("基本情况"))
    figures = models.JSONField(_("数据"))
    rows = models.JSONField(_("清单"))
    gaps = models.JSONField(_("缺项"), default=list)
    digest = models.CharField(_("摘要"), max_length=64)

    objects = FigureSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("数据快照")
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.phase} {self.taken_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a snapshot is never changed")
        super().save(*args, **kwargs)


class StageReportQuerySet(models.QuerySet["StageReport"]):
    def visible_to(self, user: User) -> StageReportQuerySet:
        """Reports of one's own office in every state; of offices below once they are issued."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_own_or_issued(user, issued=Q(state=State.ISSUED)))

    def published(self) -> StageReportQuerySet:
        """Those that everybody may read."""
        return self.filter(state=State.ISSUED, published_at__isnull=False)


class StageReport(models.Model):
    """A report of an office on a campaign, from the first figures to the issued document."""

    campaign = models.ForeignKey("campaign.Campaign", models.PROTECT, related_name="reports")
    phase = models.ForeignKey("campaign.Phase", models.PROTECT, related_name="reports")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="reports", verbose_name=_("编制单位")
    )
    template = models.ForeignKey(
        ReportTemplate, models.PROTECT, related_name="reports", verbose_name=_("报告模板")
    )
    title = models.CharField(_("标题"), max_length=120)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.BUILDING)
    snapshot = models.ForeignKey(
        FigureSnapshot, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    current_version = models.ForeignKey(
        "reporting.ReportVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The report that this one puts right, with what was wrong in it.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    correction_note = models.TextField(_("更正说明"), blank=True)
    # What it is built for: the same occasion never makes two reports.
    occasion = models.CharField(max_length=120, unique=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    failure = models.TextField(_("未完成原因"), blank=True)
    year = models.PositiveIntegerField(_("年度"), null=True, blank=True)
    serial = models.PositiveIntegerField(_("序号"), null=True, blank=True)
    document_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    issued_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)

    objects = StageReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("阶段报告")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="report_serial_once_per_office_and_year",
                fields=["organisation", "year", "serial"],
            ),
            models.CheckConstraint(
                name="report_numbered_exactly_when_issued",
                condition=Q(
                    state=State.ISSUED,
                    year__isnull=False,
                    serial__isnull=False,
                    issued_at__isnull=False,
                    issued_by__isnull=False,
                )
                & ~Q(document_number="")
                | ~Q(state=State.ISSUED)
                & Q(
                    year__isnull=True,
                    serial__isnull=True,
                    issued_at__isnull=True,
                    issued_by__isnull=True,
                    document_number="",
                ),
            ),
            models.CheckConstraint(
                name="report_published_only_when_issued",
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False, state=State.ISSUED),
            ),
            models.CheckConstraint(
                name="report_has_figures_unless_building_or_failed",
                condition=Q(state__in=[State.BUILDING, State.FAILED])
                | Q(snapshot__isnull=False, current_version__isnull=False),
            ),
            models.CheckConstraint(
                name="report_correction_says_what_it_corrects",
                condition=Q(corrects__isnull=True, correction_note="")
                | (Q(corrects__isnull=False) & ~Q(correction_note="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReportVersionQuerySet(models.QuerySet["ReportVersion"]):
    def visible_to(self, user: User) -> ReportVersionQuerySet:
        """All versions in one's own office; of offices below only the words that were issued."""
        if not user.is_authenticated:
            return self.none()
        own = Q(report__organisation__in=with_absorbed(user, Permission.REPORT_VIEW))
        out = Q(report__state=State.ISSUED, pk=F("report__current_version"))
        return self.filter(own | out, report__in=StageReport.objects.visible_to(user))


class ReportVersion(models.Model):
    """The words of a report at one time. Figures stand in them as placeholders, never as digits."""

    report = models.ForeignKey(StageReport, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    # [{code, title, text}]: see reporting/chapters.py.
    chapters = models.JSONField(_("章节"))
    note = models.CharField(_("修改说明"), max_length=300, blank=True)
    edited_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("编辑人"),
    )
    edited_at = models.DateTimeField(_("编辑时间"))
    approved_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审批人"),
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    docx = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    pdf = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    xlsx = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ReportVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报告版本")
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(name="report_version_number_once", fields=["report", "number"]),
            models.CheckConstraint(
                name="report_version_number_from_one", condition=Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="report_version_four_eyes",
                condition=Q(approved_by__isnull=True)
                | Q(edited_by__isnull=True)
                | ~Q(approved_by=F("edited_by")),
            ),
            models.CheckConstraint(
                name="report_version_approved_by_and_at_together",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} v{self.number}"

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None and self.report.state in APPROVED_STATES


class DocumentCounter(models.Model):
    """The last document number that an office gave in a year; locked while the next is taken."""

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveIntegerField(_("年度"))
    last = models.PositiveIntegerField(_("末号"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("发文编号")
        constraints = [
            models.UniqueConstraint(
                name="document_counter_one_per_office_and_year", fields=["organisation", "year"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}: {self.last}"
