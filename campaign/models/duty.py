"""What a campaign asks for (definitions, the duty tree) and what each organisation owes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.models.campaign import Campaign, Phase
from campaign.scope import organisations_seen, workplaces
from campaign.workflow import FINISHED, UNFINISHED, DutyState
from core import clock

if TYPE_CHECKING:
    from accounts.models import User


class Objective(models.Model):
    """A node of the duty tree: 一个维护, 四个保障, 六个落实 and what stands under them (S1-3)."""

    class Kind(models.TextChoices):
        PROTECTION = "protection", _("一个维护")
        GUARANTEE = "guarantee", _("四个保障")
        IMPLEMENTATION = "implementation", _("六个落实")
        MEASURE = "measure", _("措施")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="objectives")
    code = models.CharField(_("代码"), max_length=40)
    kind = models.CharField(_("类别"), max_length=14, choices=Kind)
    name = models.CharField(_("内容"), max_length=200)
    clause = models.CharField(_("条款"), max_length=40)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("目标任务")
        ordering = ["campaign", "order"]
        constraints = [
            models.UniqueConstraint(
                name="objective_code_once_per_campaign", fields=["campaign", "code"]
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_livelihood(self) -> bool:
        """Whether it stands under the guarantees or implementations: residents' use itself."""
        root = self
        while root.parent is not None:
            root = root.parent
        return root.kind in (self.Kind.GUARANTEE, self.Kind.IMPLEMENTATION)


class DutyDefinition(models.Model):
    """What the plan asks for: by whom, to whom, by when, with which parts."""

    class Kind(models.TextChoices):
        REPORT = "report", _("报告")
        TASK = "task", _("工作")
        MEETING = "meeting", _("会议")
        DOCUMENT = "document", _("文件")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="definitions")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="definitions")
    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("任务"), max_length=80)
    short_title = models.CharField(_("简称"), max_length=20)
    clauses = models.JSONField(_("条款"), default=list)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    parts = models.JSONField(_("必备内容"), default=list)
    opens_on = models.DateField(_("起始日期"))
    due_on = models.DateField(_("截止日期"))
    due_source = models.CharField(_("期限依据"), max_length=300)
    objectives = models.ManyToManyField(Objective, related_name="definitions", blank=True)
    party = models.CharField(_("承办规则"), max_length=20)
    recipient_rule = models.CharField(_("主送规则"), max_length=20)
    copy_rule = models.CharField(_("抄送规则"), max_length=20)
    certified_by = models.CharField(_("认证要求"), max_length=80, blank=True)
    # The tag 民生: what residents feel directly comes first (S1-1.1.1).
    livelihood = models.BooleanField(_("民生"), default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("任务定义")
        ordering = ["campaign", "phase__number", "order"]
        constraints = [
            models.UniqueConstraint(
                name="definition_code_once_per_campaign", fields=["campaign", "code"]
            ),
            models.CheckConstraint(
                name="definition_due_after_it_opens", condition=Q(due_on__gte=F("opens_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(self, user: User) -> DutyQuerySet:
        """Own and below; for regulators the territory, and what is sent or copied to them."""
        if not user.is_authenticated:
            return self.none()
        places = [p for p in workplaces(user, Permission.CAMPAIGN_VIEW) if p.is_regulator]
        seen = Organisation.objects.filter(organisations_seen(user))
        return self.filter(
            Q(organisation__in=seen) | Q(recipient__in=places) | Q(copy_to__in=places)
        )

    def unfinished(self) -> DutyQuerySet:
        """Where the organisation still has to act."""
        return self.filter(state__in=UNFINISHED)

    def counted(self) -> DutyQuerySet:
        """Those that figures are counted over: withdrawn ones were never asked for."""
        return self.exclude(state=DutyState.WITHDRAWN)

    def done(self) -> DutyQuerySet:
        return self.filter(state__in=(DutyState.ACCEPTED, DutyState.EXEMPTED))

    def overdue(self, *, now: datetime) -> DutyQuerySet:
        """Past the deadline that stands now, with the organisation still to act."""
        return self.unfinished().filter(due_at__lt=now)

    def late(self, *, now: datetime) -> DutyQuerySet:
        return self.filter(_late(now))

    def with_late(self, *, now: datetime) -> DutyQuerySet:
        """Annotate ``is_late``: first sent in after the deadline of that time, or not yet at all.

        An exempted or withdrawn duty is never late; an extension given in time moves the deadline.
        """
        return self.annotate(
            is_late=Case(
                When(_late(now), then=Value(True)),
                default=Value(False),
                output_field=models.BooleanField(),
            )
        )


def _late(now: datetime) -> Q:
    sent_late = Q(first_submitted_at__gt=F("due_at_submission"))
    missing = Q(first_submitted_at__isnull=True, due_at__lt=now, state__in=UNFINISHED)
    return (sent_late & ~Q(state__in=(DutyState.EXEMPTED, DutyState.WITHDRAWN))) | missing


class Duty(models.Model):
    """What one organisation owes under one definition."""

    definition = models.ForeignKey(DutyDefinition, models.CASCADE, related_name="duties")
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="duties",
        verbose_name=_("承办单位"),
    )
    recipient = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="received_duties",
        verbose_name=_("受理单位"),
    )
    copy_to = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="copied_duties",
        verbose_name=_("抄送单位"),
    )
    state = models.CharField(_("状态"), max_length=10, choices=DutyState, default=DutyState.WAITING)
    opens_at = models.DateTimeField(_("启动时间"))
    due_at = models.DateTimeField(_("截止时间"), db_index=True)
    due_provisional = models.BooleanField(_("期限待确认"), default=False)
    due_explanation = models.JSONField(_("期限说明"), default=list)
    # What the deadline was computed from, so that a new calendar can compute it again.
    due_basis = models.JSONField(default=dict, blank=True)
    # Reminder steps that lie before this instant belong to an earlier deadline.
    due_set_at = models.DateTimeField()
    responsible_department = models.CharField(_("责任部门"), max_length=60, blank=True)
    responsible_person = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name=_("责任人"),
    )
    first_submitted_at = models.DateTimeField(_("首次报送时间"), null=True, blank=True)
    due_at_submission = models.DateTimeField(_("首次报送时的截止时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("通过时间"), null=True, blank=True)
    return_count = models.PositiveSmallIntegerField(_("退回次数"), default=0)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        ordering = ["due_at", "organisation__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="duty_once_per_definition_and_organisation",
                fields=["definition", "organisation"],
            ),
            models.CheckConstraint(
                name="duty_accepted_at_set_exactly_when_accepted",
                condition=Q(state=DutyState.ACCEPTED, accepted_at__isnull=False)
                | (~Q(state=DutyState.ACCEPTED) & Q(accepted_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="duty_submitted_has_its_times",
                condition=~Q(state__in=("submitted", "returned", "accepted"))
                | Q(
                    first_submitted_at__isnull=False,
                    submitted_at__isnull=False,
                    due_at_submission__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="duty_by_state_and_due")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.definition}"

    @property
    def campaign(self) -> Campaign:
        return self.definition.campaign

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    def is_late_at(self, now: datetime) -> bool:
        """The same rule as ``with_late`` on one object."""
        if self.state in (DutyState.EXEMPTED, DutyState.WITHDRAWN):
            return False
        if self.first_submitted_at and self.due_at_submission:
            return self.first_submitted_at > self.due_at_submission
        return self.state in UNFINISHED and self.due_at < now


class DutyExtension(models.Model):
    """A later deadline, with who approved it and the document that says so.

    One that was wrong is not changed: another that ``corrects`` it takes its place, and may bring
    the deadline forward again.
    """

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="extensions")
    old_due_at = models.DateTimeField(_("原截止时间"))
    new_due_at = models.DateTimeField(_("新截止时间"))
    reason = models.CharField(_("理由"), max_length=300)
    approver = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    document_number = models.CharField(_("批准文号"), max_length=60)
    at = models.DateTimeField(_("批准时间"))
    corrects = models.OneToOneField(
        "self",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("更正的延期"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("延期")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="extension_moves_the_deadline_later",
                condition=Q(new_due_at__gt=F("old_due_at")) | Q(corrects__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} → {self.new_due_at:%Y-%m-%d}"

    @property
    def floor(self) -> datetime:
        """The deadline that stood before this extension and before all that it corrects."""
        first = self
        while first.corrects is not None:
            first = first.corrects
        return first.old_due_at

    @property
    def is_undone(self) -> bool:
        """Whether it gives nothing any more: a correction back to the deadline before."""
        return self.corrects_id is not None and _day(self.new_due_at) <= _day(self.floor)


def _day(instant: datetime) -> date:
    return clock.day_of(instant)


class DutyExemption(models.Model):
    """Why an organisation need not do a duty, with who approved it and the document."""

    duty = models.OneToOneField(Duty, models.CASCADE, related_name="exemption")
    reason = models.CharField(_("理由"), max_length=300)
    approver = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    document_number = models.CharField(_("批准文号"), max_length=60)
    at = models.DateTimeField(_("批准时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("免报")

    def __str__(self) -> str:
        return f"{self.duty}"
