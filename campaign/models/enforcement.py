"""The enforcement register: what an office did, step by step, about what is not put right.

Source: campaign plan 三(六)2, 二(二)3, 一(一)2 (S1-3.3.6(2), S1-2.2.3, S1-1.1.2c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.enforcement_workflow import (
    OUT,
    DisclosureState,
    MatterState,
    Measure,
    StepState,
)
from campaign.models.campaign import Campaign
from campaign.models.law import LegalArticle
from campaign.models.rectification import RectificationItem
from campaign.scope import organisations_seen, workplaces

if TYPE_CHECKING:
    from accounts.models import User


class EnforcementMatterQuerySet(models.QuerySet["EnforcementMatter"]):
    def visible_to(self, user: User) -> EnforcementMatterQuerySet:
        """Regulators: matters of enterprises in sight; companies: their own, once a document of
        it has reached them."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user)).order_by().values("pk")
        offices = [p for p in workplaces(user, Permission.CAMPAIGN_VIEW) if p.is_regulator]
        if offices:
            return self.filter(Q(enterprise__in=seen) | Q(regulator__in=offices))
        reached = EnforcementStep.objects.filter(state__in=OUT).order_by().values("matter")
        return self.filter(enterprise__in=seen, pk__in=reached)


class EnforcementMatter(models.Model):
    """One enterprise's failure to put something right, and what follows of it."""

    enterprise = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="enforcement_matters",
        verbose_name=_("企业"),
    )
    regulator = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("监管机构")
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enforcement_matters",
        verbose_name=_("专项行动"),
    )
    title = models.CharField(_("事由"), max_length=100)
    cause = models.TextField(_("事实和理由"))
    items = models.ManyToManyField(
        RectificationItem, related_name="enforcement_matters", verbose_name=_("整改事项")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=MatterState, default=MatterState.OPEN
    )
    opened_at = models.DateTimeField(_("立项时间"))
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    conclusion = models.TextField(_("结论"), blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = EnforcementMatterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("执法处理")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="enforcement_closed_has_its_time",
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EnforcementStepQuerySet(models.QuerySet["EnforcementStep"]):
    def visible_to(self, user: User) -> EnforcementStepQuerySet:
        """Of matters in sight; a company sees no draft."""
        if not user.is_authenticated:
            return self.none()
        found = self.filter(matter__in=EnforcementMatter.objects.visible_to(user))
        offices = [p for p in workplaces(user, Permission.CAMPAIGN_VIEW) if p.is_regulator]
        return found if offices else found.filter(state__in=OUT)

    def out(self) -> EnforcementStepQuerySet:
        """Those that reached the enterprise."""
        return self.filter(state__in=OUT)


class EnforcementStep(models.Model):
    """One document of a matter: drafted by one person, signed by another, under a number."""

    matter = models.ForeignKey(EnforcementMatter, models.CASCADE, related_name="steps")
    measure = models.CharField(_("措施"), max_length=15, choices=Measure)
    state = models.CharField(_("状态"), max_length=10, choices=StepState, default=StepState.DRAFT)
    # Where the measure before it was left out.
    skip_reason = models.CharField(_("越级理由"), max_length=300, blank=True)
    facts = models.TextField(_("事实"))
    demands = models.TextField(_("要求"))
    articles = models.ManyToManyField(
        LegalArticle, related_name="enforcement_steps", verbose_name=_("法律依据")
    )
    due_at = models.DateTimeField(_("反馈期限"))
    document_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    issued_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(_("企业反馈"), blank=True)
    answered_at = models.DateTimeField(_("反馈时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = EnforcementStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("执法文书")
        ordering = ["drafted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="enforcement_signed_by_a_second_person",
                condition=Q(issued_by__isnull=True) | ~Q(issued_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="enforcement_out_has_its_number",
                condition=Q(state__in=("draft", "dropped"))
                | (Q(issued_at__isnull=False) & ~Q(document_number="")),
            ),
        ]

    def __str__(self) -> str:
        return self.document_number or self.get_measure_display()


class EnforcementPaper(models.Model):
    """What a signed document says of the matter's items, as they stood when it was signed.

    Their days move on later (extended, sent back, opened again); a document that went out does not.
    """

    step = models.OneToOneField(
        EnforcementStep, models.CASCADE, related_name="paper", verbose_name=_("执法文书")
    )
    # Number, problem and day of each, in the order of the document.
    items = models.JSONField(_("整改事项"))

    class Meta:
        verbose_name = verbose_name_plural = _("执法文书附表")

    def __str__(self) -> str:
        return str(self.step)


class EnforcementDisclosureQuerySet(models.QuerySet["EnforcementDisclosure"]):
    def visible_to(self, user: User) -> EnforcementDisclosureQuerySet:
        """Of matters in sight; a company sees what is public."""
        if not user.is_authenticated:
            return self.none()
        found = self.filter(matter__in=EnforcementMatter.objects.visible_to(user))
        offices = [p for p in workplaces(user, Permission.CAMPAIGN_VIEW) if p.is_regulator]
        return found if offices else found.filter(state=DisclosureState.PUBLISHED)

    def published(self) -> EnforcementDisclosureQuerySet:
        return self.filter(state=DisclosureState.PUBLISHED)


class EnforcementDisclosure(models.Model):
    """What the public reads about a matter: written by one person, approved by another."""

    matter = models.ForeignKey(EnforcementMatter, models.CASCADE, related_name="disclosures")
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("公开内容"))
    state = models.CharField(
        _("状态"), max_length=10, choices=DisclosureState, default=DisclosureState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("拟稿时间"))
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    dropped_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("撤回理由"), max_length=300, blank=True)

    objects = EnforcementDisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("执法信息公开")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="enforcement_published_by_a_second_person",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EnforcementRecall(models.Model):
    """Somebody asks to take a public text back; another person decides. Until then it stays."""

    disclosure = models.ForeignKey(EnforcementDisclosure, models.CASCADE, related_name="recalls")
    reason = models.CharField(_("撤回理由"), max_length=300)
    asked_at = models.DateTimeField(_("提请时间"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    # None: nobody has decided yet.
    granted = models.BooleanField(_("同意撤回"), null=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("执法公开撤回提请")
        constraints = [
            models.UniqueConstraint(
                name="enforcement_recall_one_waiting",
                fields=["disclosure"],
                condition=Q(granted__isnull=True),
            ),
            models.CheckConstraint(
                name="enforcement_recalled_by_a_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.disclosure)
