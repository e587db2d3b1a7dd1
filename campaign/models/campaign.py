"""A campaign, the template it was made from, its phases and those who take part."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.scope import organisations_seen, workplaces
from campaign.workflow import CampaignState, PhaseState

if TYPE_CHECKING:
    from accounts.models import User


class CampaignTemplateQuerySet(models.QuerySet["CampaignTemplate"]):
    def in_force(self, *, on: date) -> CampaignTemplateQuerySet:
        """Of each code the version that is valid on the day: the last one begun."""
        later = CampaignTemplate.objects.filter(
            code=models.OuterRef("code"), version__gt=models.OuterRef("version")
        ).filter(valid_from__lte=on)
        return self.filter(valid_from__lte=on).exclude(models.Exists(later))

    def visible_to(self, user: User) -> CampaignTemplateQuerySet:
        """Those that came with the portal, of the national regulator, and of one's own office."""
        if not user.is_authenticated:
            return self.none()
        own = Q(draft__organisation__in=workplaces(user, Permission.CAMPAIGN_MANAGE))
        national = Q(draft__organisation__kind=Organisation.Kind.NATIONAL_REGULATOR)
        return self.filter(Q(draft__isnull=True) | national | own)


class CampaignTemplate(models.Model):
    """A campaign as data, checked by ``campaign.template``; versions are kept."""

    code = models.CharField(_("模板代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"), default=1)
    name = models.CharField(_("名称"), max_length=80)
    content = models.JSONField(_("内容"))
    valid_from = models.DateField(_("启用日期"))

    objects = CampaignTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("专项行动模板")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="campaign_template_one_of_each_version", fields=["code", "version"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> CampaignQuerySet:
        """Launched campaigns that somebody in sight takes part in; drafts at their makers only."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        taking_part = Participant.objects.filter(campaign=models.OuterRef("pk")).filter(
            Q(organisation__in=seen) | Q(supervisor__in=seen) | Q(copy_to__in=seen)
        )
        shared = Q(issuing_organisation__in=seen) | Q(models.Exists(taking_part))
        own = Q(issuing_organisation__in=workplaces(user, Permission.CAMPAIGN_MANAGE))
        return self.filter((~Q(state=CampaignState.DRAFT) & shared) | own)

    def running(self) -> CampaignQuerySet:
        return self.filter(state=CampaignState.LAUNCHED)


class Campaign(models.Model):
    """A special supervision campaign (专项行动) with its issuing document (S1-0.1, S1-0.2)."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    template = models.ForeignKey(
        CampaignTemplate, models.PROTECT, related_name="campaigns", verbose_name=_("模板")
    )
    issuing_organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="issued_campaigns",
        verbose_name=_("发文机关"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级专项行动"),
    )
    document_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    full_text = models.TextField(_("方案全文"), blank=True)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT
    )
    launched_at = models.DateTimeField(_("启动时间"), null=True, blank=True)
    launched_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("建立时间"))
    # One letter a day that lists everything, or one letter for each duty, and how many at most.
    reminder_digest = models.BooleanField(_("合并催报"), default=True)
    letters_per_day = models.PositiveSmallIntegerField(_("每人每日催报封数上限"), default=1)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("专项行动")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaign_launched_at_set_unless_draft",
                condition=Q(state=CampaignState.DRAFT, launched_at__isnull=True)
                | (~Q(state=CampaignState.DRAFT) & Q(launched_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="campaign_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Participant(models.Model):
    """An organisation's part in a campaign; regulators are resolved at launch and then kept."""

    class Part(models.TextChoices):
        EXECUTOR = "executor", _("实施主体")
        SUPERVISOR = "supervisor", _("监督检查主体")
        POINT = "point", _("示范点")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="participations"
    )
    part = models.CharField(_("角色"), max_length=10, choices=Part)
    supervisor = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    copy_to = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("参加单位")
        ordering = ["organisation__code"]
        constraints = [
            models.UniqueConstraint(
                name="participant_once_per_campaign_and_part",
                fields=["campaign", "organisation", "part"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"


class Phase(models.Model):
    """One of the stages of a campaign; opens and closes by date (S1-5)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    number = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("名称"), max_length=60)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=PhaseState, default=PhaseState.PLANNED
    )
    opened_at = models.DateTimeField(_("启动时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("阶段")
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(
                name="phase_number_once_per_campaign", fields=["campaign", "number"]
            ),
            models.CheckConstraint(
                name="phase_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="phase_times_fit_its_state",
                condition=Q(state="planned", opened_at__isnull=True, closed_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PhaseCheck(models.Model):
    """One line of a phase's checklist, ticked by a person."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="checks")
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("事项"), max_length=200)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("阶段检查项")
        ordering = ["phase", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="phase_check_done_at_and_by_together",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text
