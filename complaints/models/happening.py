"""What happened to a case: the timeline, hand-overs, supervision, return visits, links, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.case import Case
from complaints.scope import secret_from
from complaints.workflow import DONE, RATED, SUPPLEMENT
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import User


class CaseEvent(models.Model):
    """One line of the timeline: an act or a note, and which of the three audiences read it."""

    NOTE, ATTACH, UNATTACH, RERULED = "note", "attach", "unattach", "rerule"
    # Of claims: see ``services.claim_acts``.
    LOCATED, OFFERED, PASSED, DECLINED = "locate", "offer", "pass", "decline"
    TOLD_ONCE, SIGNED, MEDIATED = "told_once", "sign", "mediate"
    JOINED, TOPIC, DECIDED, PHOTO = "joint", "topic", "topic_decided", "photo"
    OF_CLAIMS = (LOCATED, OFFERED, PASSED, DECLINED, TOLD_ONCE, SIGNED, MEDIATED)
    OF_CLAIMS += (JOINED, TOPIC, DECIDED, PHOTO)
    # What people put beside the way of a case; no step of it.
    ASIDE = (NOTE, ATTACH, UNATTACH, RERULED, SUPPLEMENT, RATED, *OF_CLAIMS)

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=30)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_regulator = models.BooleanField(_("监管机构可见"), default=True)
    to_company = models.BooleanField(_("供电企业可见"), default=True)
    to_complainant = models.BooleanField(_("诉求人可见"), default=False)
    text = EncryptedTextField(_("内容"), blank=True)
    # What figures and pages need of it; never personal data.
    data = models.JSONField(default=dict, blank=True)
    # Who did it in another house, where a message told us of it.
    author = EncryptedTextField(_("对方经办人"), blank=True)
    # The other side's own number of the message, so that a repeated one is known.
    external_id = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("诉求记录")
        ordering = ["case", "sequence"]
        constraints = [
            models.UniqueConstraint(name="event_sequence_once", fields=["case", "sequence"]),
            models.UniqueConstraint(
                name="event_external_id_once",
                fields=["case", "external_id"],
                condition=~Q(external_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.sequence}"


class Handover(models.Model):
    """A case offered to another organisation; who took it, by name, or gave it back."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="handovers")
    from_organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("交接时间"))
    proposed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted = models.BooleanField(_("已接收"), null=True, blank=True)
    reason = models.CharField(_("退回原因"), max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("交接")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="handover_one_open_per_case",
                fields=["case"],
                condition=Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="handover_answered_has_its_time",
                condition=Q(answered_at__isnull=True, accepted__isnull=True)
                | Q(answered_at__isnull=False, accepted__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.to_organisation}"


class SupervisionQuerySet(models.QuerySet["Supervision"]):
    def visible_to(self, user: User) -> SupervisionQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))

    def waiting(self) -> SupervisionQuerySet:
        """Without an answer yet; a case that is over waits for none."""
        return self.filter(answered_at__isnull=True).exclude(case__state__in=DONE)


class Supervision(models.Model):
    """A case watched by the regulator (督办), with its own deadline and document."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="supervisions")
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("督办机关")
    )
    issued_at = models.DateTimeField(_("督办时间"))
    due_at = models.DateTimeField(_("反馈时限"))
    text = EncryptedTextField(_("督办要求"))
    document_number = models.CharField(_("督办文号"), max_length=60, blank=True)
    answered_at = models.DateTimeField(_("反馈时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = EncryptedTextField(_("反馈内容"), blank=True)
    # How many rungs of the reminders have been told.
    reminded = models.PositiveSmallIntegerField(default=0)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督办")
        ordering = ["issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="supervision_one_open_per_case",
                fields=["case"],
                condition=Q(answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.document_number}"


class ReturnVisitQuerySet(models.QuerySet["ReturnVisit"]):
    def visible_to(self, user: User) -> ReturnVisitQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))


class ReturnVisit(models.Model):
    """Somebody asked the complainant afterwards: whether reached, and how content."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="return_visits")
    at = models.DateTimeField(_("回访时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    reached = models.BooleanField(_("已联系上"))
    satisfaction = models.CharField(_("满意度"), max_length=40, blank=True)
    text = EncryptedTextField(_("回访内容"), blank=True)

    objects = ReturnVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回访")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case} · {self.at:%Y-%m-%d}"


class CaseLinkQuerySet(models.QuerySet["CaseLink"]):
    def visible_to(self, user: User) -> CaseLinkQuerySet:
        """Links of which the person sees both cases, and that give no complainant away.

        Who knows the person of one case must not learn by a link that a report, or a case whose
        complainant asked for secrecy, came from the same person.
        """
        seen = Case.objects.visible_to(user).order_by()
        secret = Case.objects.filter(secret_from(user)).order_by().values("pk")
        # An appeal comes from the same person by its nature, and both are kept secret alike.
        told = Q(kind=CaseLink.Kind.APPEAL) | ~Q(a__in=secret) & ~Q(b__in=secret)
        return self.filter(told, a__in=seen.values("pk"), b__in=seen.values("pk"))


class CaseLink(models.Model):
    """Two cases belong together: proposed by rule or person, confirmed or rejected by a person."""

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", _("重复登记")
        REPEAT = "repeat", _("重复诉求")
        JOINT = "joint", _("同一事件")
        APPEAL = "appeal", _("申诉")
        MERGE = "merge", _("并案")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        REJECTED = "rejected", _("已否定")
        UNDONE = "undone", _("已撤销")

    a = models.ForeignKey(Case, models.CASCADE, related_name="links_from")
    b = models.ForeignKey(Case, models.CASCADE, related_name="links_to")
    kind = models.CharField(_("关系"), max_length=10, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    score = models.FloatField(_("相似度"), null=True, blank=True)
    certain = models.BooleanField(_("确定"), default=False)
    reasons = models.JSONField(_("理由"), default=list)
    # What an undone merge has to bring back.
    before = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    objects = CaseLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求关联")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="link_by_score")]
        constraints = [
            models.UniqueConstraint(
                name="link_standing_once",
                fields=["a", "b", "kind"],
                condition=Q(state__in=("proposed", "confirmed")),
            ),
            models.CheckConstraint(name="link_between_two_cases", condition=~Q(a=F("b"))),
        ]

    def __str__(self) -> str:
        return f"{self.a} – {self.b}"
