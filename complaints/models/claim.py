"""Claims (涉电诉求): cases that grids share: whistle, manager, hand-overs, notices, signatures.

Source: the standard on grid integration, 3.7, 4.2.1, 5.2.2, 6.2.4 to 6.2.6 (S2-3.7, S2-4.2.1b,
S2-4.2.1c, S2-4.2.1d, S2-5.2.2b, S2-6.2.4a, S2-6.2.4c, S2-6.2.5b). State, clocks and records are
those of the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints.models.case import Case
from complaints.workflow import DONE
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import User


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User) -> ClaimQuerySet:
        """The department that whistled, the units that took it in or have it, the station of its
        grid, those above these, regulators of the territory, and to whom it was offered by name."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.CLAIM_VIEW)
        units = seen.order_by().values("pk")
        condition = Q(case__owner__in=units) | Q(case__holder__in=units)
        condition |= Q(department__in=units) | Q(grid__station__in=units)
        if user.can(Permission.CLAIM_HANDLE):
            offered = ClaimPass.objects.filter(successor=user).order_by()
            condition |= Q(pk__in=offered.values("claim"))
        return self.filter(condition)

    def open(self) -> ClaimQuerySet:
        return self.exclude(case__state__in=DONE)


class Claim(models.Model):
    """What grids know of a case beyond the case itself.

    ``contact`` is whom the claimant was told to turn to: the first receiver, who stays so however
    often the claim moves inside the company (S2-6.2.5b). ``left_grid``: somebody outside the supply
    station of its grid had a hand in it.
    """

    class Kind(models.TextChoices):
        ENQUIRY = "enquiry", _("咨询")
        BUSINESS = "business", _("业务")
        OPINION = "opinion", _("意见")
        SUGGESTION = "suggestion", _("建议")
        DISPUTE = "dispute", _("涉电纠纷")
        HAZARD = "hazard", _("安全隐患")
        UTILITY = "utility", _("水气热诉求")

    class Origin(models.TextChoices):
        OFFICER = "officer", _("网格员吹哨")
        PLATFORM = "platform", _("政府网格平台")
        HOTLINE = "hotline", _("95598转来")

    class Utility(models.TextChoices):
        WATER = "water", _("供水")
        GAS = "gas", _("供气")
        HEAT = "heat", _("供热")

    class Fault(models.TextChoices):
        NONE = "none", _("供电企业无责")
        PERSON = "person", _("经办人过错")
        COMPANY = "company", _("供电企业有责")
        CUSTOMER = "customer", _("客户原因")
        OTHER = "other", _("第三方原因")

    class Mediated(models.TextChoices):
        AGREED = "agreed", _("达成一致")
        PARTLY = "partly", _("部分达成一致")
        FAILED = "failed", _("未达成一致")
        REFERRED = "referred", _("引导依法解决")

    case = models.OneToOneField(Case, models.CASCADE, related_name="claim")
    kind = models.CharField(_("诉求类型"), max_length=12, choices=Kind)
    origin = models.CharField(_("来源"), max_length=10, choices=Origin)
    utility = models.CharField(_("涉及行业"), max_length=8, choices=Utility, blank=True)
    department = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("政府网格"),
    )
    government_grid = models.ForeignKey(
        "grids.GovernmentGrid", models.PROTECT, null=True, blank=True, related_name="+"
    )
    officer = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("网格员"),
    )
    external_number = models.CharField(_("政府平台编号"), max_length=40, blank=True)
    grid = models.ForeignKey(
        "grids.PowerGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("电力网格"),
    )
    # Why no grid was found; a person decides then.
    unlocated = models.CharField(_("未定位原因"), max_length=20, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    contact = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("首问责任人"),
    )
    passes = models.PositiveSmallIntegerField(_("移交次数"), default=0)
    left_grid = models.BooleanField(_("已出网格"), default=False)
    joint = models.BooleanField(_("协同办理"), default=False)
    mediators = EncryptedTextField(_("调解人员"), blank=True)
    mediation = models.CharField(_("调解结果"), max_length=10, choices=Mediated, blank=True)
    mediated_on = models.DateField(_("调解日期"), null=True, blank=True)
    # Where another utility took it: which unit, and how it calls it.
    passed_to = models.CharField(_("接收单位"), max_length=80, blank=True)
    passed_number = models.CharField(_("对方受理编号"), max_length=40, blank=True)
    # What the officer heard from the claimant in the end.
    visited = models.BooleanField(_("已回访到诉求人"), default=False)
    solved = models.BooleanField(_("已解决"), null=True, blank=True)
    fault = models.CharField(_("责任认定"), max_length=10, choices=Fault, blank=True)
    # Of what came in, to tell a repeated message of a platform from a changed one.
    digest = models.CharField(max_length=64, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电诉求")
        ordering = ["-case__received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="claim_external_number_once",
                fields=["department", "external_number"],
                condition=~Q(external_number=""),
            ),
            models.CheckConstraint(
                name="claim_of_a_utility_names_it",
                condition=Q(kind="utility", utility__in=["water", "gas", "heat"])
                | (~Q(kind="utility") & Q(utility="")),
            ),
            models.CheckConstraint(
                name="claim_mediated_on_a_day",
                condition=Q(mediation="", mediated_on__isnull=True)
                | (~Q(mediation="") & Q(mediated_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="claim_said_by_the_claimant",
                condition=Q(visited=True) | Q(solved__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["grid"], name="claim_by_grid")]

    def __str__(self) -> str:
        return str(self.case)


class OfClaim(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfClaim:
        """With the claim."""
        seen = Claim.objects.visible_to(user).order_by().values("pk")
        return self.filter(claim__in=seen)


class ClaimPass(models.Model):
    """A claim offered to a named colleague; until they accept, whoever had it answers for it."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="offers")
    former = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    successor = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("接手人")
    )
    unit = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("接手单位")
    )
    reason = models.CharField(_("移交原因"), max_length=200)
    offered_at = models.DateTimeField(_("提出时间"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    accepted = models.BooleanField(_("已接手"), null=True, blank=True)

    objects = OfClaim.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电诉求移交")
        ordering = ["offered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="claim_pass_one_open", fields=["claim"], condition=Q(answered_at__isnull=True)
            ),
            models.CheckConstraint(
                name="claim_pass_answered_has_its_time",
                condition=Q(answered_at__isnull=True, accepted__isnull=True)
                | Q(answered_at__isnull=False, accepted__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_pass_to_somebody_else", condition=~Q(former=F("successor"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim} → {self.successor}"


class ClaimNotice(models.Model):
    """The one-time full notice: every material that the claimant has to bring, told once."""

    claim = models.OneToOneField(Claim, models.CASCADE, related_name="notice")
    title = models.CharField(_("事项"), max_length=80)
    materials = models.JSONField(_("应备材料"))
    text = models.CharField(_("办理说明"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("告知时间"))
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    objects = OfClaim.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("一次性告知书")
        ordering = ["sent_at", "pk"]

    def __str__(self) -> str:
        return f"{self.claim} · {self.title}"


class ClaimSignature(models.Model):
    """One side of a joint handling has signed what was agreed."""

    class Side(models.TextChoices):
        COMPANY = "company", _("供电企业")
        GOVERNMENT = "government", _("政府网格")

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="signatures")
    side = models.CharField(_("签署方"), max_length=10, choices=Side)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("签署时间"))
    opinion = models.CharField(_("协同意见"), max_length=300)

    objects = OfClaim.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("协同办理签署")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(name="claim_signed_once_per_side", fields=["claim", "side"]),
        ]

    def __str__(self) -> str:
        return f"{self.claim} · {self.get_side_display()}"


class ClaimTopic(models.Model):
    """A claim on the agenda of a joint meeting of company and government grid, and what came of it.

    Source: S2-4.1.1d.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="topics")
    held_on = models.DateField(_("会议日期"))
    meeting = models.CharField(_("会议名称"), max_length=80)
    decision = models.CharField(_("议定意见"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("议定登记时间"), null=True, blank=True)
    put_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    put_at = models.DateTimeField(_("提交时间"))

    objects = OfClaim.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联席会议议题")
        ordering = ["-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="claim_topic_once_per_meeting", fields=["claim", "held_on", "meeting"]
            ),
            models.CheckConstraint(
                name="claim_topic_decided_has_its_time",
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.claim}"


class ClaimPhoto(models.Model):
    """A photo of the site or a voice note, with when and where it was taken."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="photos")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)

    objects = OfClaim.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电诉求照片")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.claim} · {self.at:%Y-%m-%d}"
