"""A campaign template while it is being written: every save is a version that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.models.campaign import Campaign, CampaignTemplate
from campaign.scope import workplaces
from campaign.template_workflow import DraftState

if TYPE_CHECKING:
    from accounts.models import User


class TemplateDraftQuerySet(models.QuerySet["TemplateDraft"]):
    def visible_to(self, user: User) -> TemplateDraftQuerySet:
        """What an office prepares is its own until it is approved."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=workplaces(user, Permission.CAMPAIGN_MANAGE))

    def open(self) -> TemplateDraftQuerySet:
        return self.filter(state__in=(DraftState.DRAFT, DraftState.CHECKED))


class TemplateDraft(models.Model):
    """A template of an office: where it came from, how far it is, who approved it."""

    class Origin(models.TextChoices):
        TEMPLATE = "template", _("由模板另存")
        UPLOAD = "upload", _("由文件上传")
        CAMPAIGN = "campaign", _("由以往专项行动复制")

    State = DraftState

    code = models.SlugField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("编制机关")
    )
    origin = models.CharField(_("来源"), max_length=10, choices=Origin)
    source_template = models.ForeignKey(
        CampaignTemplate, models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Each date that was moved when it was made, with the reason (campaign.template_moving.Moved).
    moves = models.JSONField(_("日期推算"), default=list)
    state = models.CharField(_("状态"), max_length=10, choices=DraftState, default=DraftState.DRAFT)
    # The number of the version that counts: whoever saves says which one they saw.
    head = models.PositiveIntegerField(_("版本"), default=1)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("起草人")
    )
    created_at = models.DateTimeField(_("起草时间"))
    checked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    comment = models.CharField(_("意见"), max_length=200, blank=True)
    # What campaigns are made from, once it is approved.
    template = models.OneToOneField(
        CampaignTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="draft",
        verbose_name=_("模板"),
    )

    objects = TemplateDraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("专项行动模板草稿")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="template_draft_one_open_per_code",
                fields=["organisation", "code"],
                condition=Q(state__in=["draft", "checked"]),
            ),
            models.CheckConstraint(
                name="template_draft_template_set_exactly_when_approved",
                condition=Q(state="approved", template__isnull=False)
                | (~Q(state="approved") & Q(template__isnull=True)),
            ),
            models.CheckConstraint(
                name="template_draft_approved_by_another",
                condition=~Q(state="approved")
                | (
                    Q(decided_by__isnull=False)
                    & ~Q(decided_by=models.F("checked_by"))
                    & ~Q(decided_by=models.F("created_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def edition(self) -> TemplateEdition:
        """The version that counts."""
        return self.editions.get(number=self.head)

    @property
    def content(self) -> dict[str, Any]:
        return self.edition.content

    def hands(self) -> set[int]:
        """Everybody who wrote a version or handed it in."""
        wrote = set(self.editions.values_list("saved_by_id", flat=True))
        return wrote | {pk for pk in (self.created_by_id, self.checked_by_id) if pk}


class TemplateEdition(models.Model):
    """One saved version of a draft, never changed afterwards."""

    draft = models.ForeignKey(TemplateDraft, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField(_("版本"))
    content = models.JSONField(_("内容"))
    summary = models.CharField(_("改动"), max_length=200)
    # The version whose content it has once more; empty where something was written anew.
    restores = models.PositiveIntegerField(_("恢复自"), null=True, blank=True)
    saved_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("保存人")
    )
    saved_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("模板草稿版本")
        ordering = ["draft", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="template_edition_one_of_each_number", fields=["draft", "number"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft} v{self.number}"
