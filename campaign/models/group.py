"""Leading groups, meetings, and documents issued with a receipt from each recipient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.models.campaign import Campaign
from campaign.scope import organisations_seen, with_absorbed

if TYPE_CHECKING:
    from accounts.models import User


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> GroupQuerySet:
        """Groups of organisations in sight; the issuer's own for everybody who takes part."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        campaigns = Campaign.objects.visible_to(user)
        issuers = Q(organisation=models.F("campaign__issuing_organisation"))
        return self.filter(issuers | Q(organisation__in=seen), campaign__in=campaigns)


class Group(models.Model):
    """A leading group or the joint-action group with its duties and office (S1-6.1, S1-6.2)."""

    class Kind(models.TextChoices):
        LEADING = "leading", _("工作领导小组")
        JOINT = "joint", _("联合行动工作领导小组")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="groups")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("设立单位")
    )
    name = models.CharField(_("名称"), max_length=100)
    duties = models.TextField(_("主要职责"))
    office_department = models.CharField(_("办公室设在"), max_length=60, blank=True)
    document_number = models.CharField(_("成立文号"), max_length=60, blank=True)
    set_up_on = models.DateField(_("成立日期"), null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("领导小组")
        ordering = ["campaign", "organisation__code", "kind"]
        constraints = [
            models.UniqueConstraint(
                name="group_one_of_a_kind_per_organisation",
                fields=["campaign", "organisation", "kind"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A name on the list of a group: head, deputy, member or office (S1-A1, S1-A2)."""

    class Role(models.TextChoices):
        HEAD = "head", _("组长")
        DEPUTY = "deputy", _("副组长")
        MEMBER = "member", _("成员")
        OFFICE = "office", _("办公室人员")

    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    role = models.CharField(_("组内职务"), max_length=10, choices=Role)
    # Whose account it is; heads, deputies and the office act for the group with it (S1-6.1).
    person = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("平台账号"),
    )
    order = models.PositiveSmallIntegerField(default=0)
    left_on = models.DateField(_("退出日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("小组成员")
        ordering = ["group", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="group_has_one_head",
                fields=["group"],
                condition=Q(role="head", left_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """Meetings that an organisation in sight calls or is invited to."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        invited = MeetingInvitee.objects.filter(organisation__in=seen).values("meeting")
        return self.filter(Q(organiser__in=seen) | Q(pk__in=invited))

    def of(self, organisations: Iterable[int]) -> MeetingQuerySet:
        """Meetings that these organisations call or are invited to themselves."""
        places = list(organisations)
        invited = MeetingInvitee.objects.filter(organisation__in=places).values("meeting")
        return self.filter(Q(organiser__in=places) | Q(pk__in=invited))


class Meeting(models.Model):
    """A meeting of the campaign, such as the kick-off (S1-4.2c, S1-5.1.2a)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="meetings")
    title = models.CharField(_("会议名称"), max_length=100)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"))
    place = models.CharField(_("地点"), max_length=100)
    agenda = models.TextField(_("议程"))
    minutes = models.TextField(_("会议纪要"), blank=True)
    minutes_at = models.DateTimeField(_("纪要时间"), null=True, blank=True)
    convened_at = models.DateTimeField(_("通知时间"), null=True)
    files = models.ManyToManyField("core.StoredFile", related_name="meetings", blank=True)
    organiser = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("召集单位")
    )
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="meetings")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("会议")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_it_starts",
                condition=Q(ends_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingInvitee(models.Model):
    """An organisation invited to a meeting, and whether it came."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitees")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    attended = models.BooleanField(_("到会"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("参会单位")
        ordering = ["organisation__code"]
        constraints = [
            models.UniqueConstraint(
                name="meeting_invites_an_organisation_once", fields=["meeting", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"


class DocumentIssueQuerySet(models.QuerySet["DocumentIssue"]):
    def visible_to(self, user: User) -> DocumentIssueQuerySet:
        """Documents that an organisation in sight issued or received."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        received = DocumentRecipient.objects.filter(organisation__in=seen).values("issue")
        return self.filter(Q(issuer__in=seen) | Q(pk__in=received))

    def to_sign(self, user: User) -> models.QuerySet[DocumentRecipient]:
        """What the person's own organisations have received and not signed for."""
        places = with_absorbed(user, Permission.CAMPAIGN_VIEW)
        return DocumentRecipient.objects.filter(
            organisation__in=[place.pk for place in places], read_at__isnull=True
        ).select_related("issue__issuer", "issue__campaign", "organisation")


class DocumentIssue(models.Model):
    """The plan or another document issued under a number to named recipients (S1-5.1.2b)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="issues")
    title = models.CharField(_("文件标题"), max_length=120)
    document_number = models.CharField(_("发文字号"), max_length=60)
    issuer = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("发文机关")
    )
    body = models.TextField(_("正文"))
    issued_at = models.DateTimeField(_("印发时间"))
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    files = models.ManyToManyField(
        "core.StoredFile", related_name="document_issues", blank=True, verbose_name=_("附件")
    )

    objects = DocumentIssueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("印发文件")
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                name="document_number_once_per_issuer", fields=["issuer", "document_number"]
            ),
        ]

    def __str__(self) -> str:
        return self.document_number


class DocumentRecipient(models.Model):
    """An organisation that a document went to, and who signed for it when."""

    issue = models.ForeignKey(DocumentIssue, models.CASCADE, related_name="recipients")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    read_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("收文单位")
        ordering = ["organisation__code"]
        constraints = [
            models.UniqueConstraint(
                name="document_goes_to_an_organisation_once", fields=["issue", "organisation"]
            ),
            models.CheckConstraint(
                name="document_read_at_and_by_together",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}"
