"""Circulars on grave cases and on the situation found: versions with masked words, a second
person's approval, a number, who signed for them, and what puts an issued one right.

Source: campaign plan 二(二)2 (S1-2.2.2h), 三、(三)6(1) (S1-3.3.6(1)c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import with_absorbed
from reporting.models.paper import Paper, PaperQuerySet, in_office
from reporting.workflow.circular import OUT, State

if TYPE_CHECKING:
    from accounts.models import User

# The form of a withdrawal, beside the kinds of circulars.
WITHDRAWAL = "withdrawal"


class CircularQuerySet(PaperQuerySet["Circular"]):
    def visible_to(self, user: User) -> CircularQuerySet:
        """One's own office's in every state; issued ones for offices above and companies told."""
        if not user.is_authenticated:
            return self.none()
        condition = in_office(user)
        companies = [p for p in with_absorbed(user, Permission.CASE_VIEW) if p.is_company]
        told = Circular.addressees.through.objects.filter(organisation__in=companies)
        condition |= Q(pk__in=told.values("circular"), state__in=OUT)
        return self.filter(condition)

    def told(self) -> CircularQuerySet:
        """Those that tell of cases or of a situation; a withdrawal only takes back."""
        return self.exclude(redress__act=CircularRedress.Act.WITHDRAW)

    def in_force(self) -> CircularQuerySet:
        """Without those that were withdrawn."""
        out = CircularRedress.objects.withdrawals()
        corrections = CircularRedress.objects.filter(
            act=CircularRedress.Act.CORRECT, root__in=out.values("root")
        )
        return self.exclude(Q(pk__in=out.values("root")) | Q(pk__in=corrections.values("circular")))


class Circular(Paper):
    """A circular of an office, from the first words to the issued document."""

    class Kind(models.TextChoices):
        CASES = "cases", _("案件通报")
        SITUATION = "situation", _("情况通报")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.CASES)
    # The days and the province of whose situation it tells; without a province the whole territory.
    first_day = models.DateField(_("起始日期"), null=True, blank=True)
    last_day = models.DateField(_("截止日期"), null=True, blank=True)
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, null=True, blank=True, related_name="+"
    )
    public = models.BooleanField(_("向社会公开"), default=False)
    addressees = models.ManyToManyField(
        "accounts.Organisation", related_name="+", verbose_name=_("主送单位")
    )
    cases = models.ManyToManyField("complaints.Case", related_name="+", verbose_name=_("案件"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    current_version = models.ForeignKey(
        "reporting.CircularVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CircularQuerySet.as_manager()

    class Meta(Paper.Meta):
        verbose_name = verbose_name_plural = _("通报")
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                name="circular_situation_has_its_period",
                condition=Q(kind="situation", last_day__gte=F("first_day"))
                | Q(kind="cases", first_day__isnull=True, last_day__isnull=True),
            ),
            models.CheckConstraint(
                name="circular_published_only_if_public",
                condition=Q(state=State.PUBLISHED, published_at__isnull=False, public=True)
                | ~Q(state=State.PUBLISHED) & Q(published_at__isnull=True),
            ),
        ]

    @property
    def act(self) -> str:
        """What it does to the circular before it: corrects, withdraws; empty for a first one."""
        redress = getattr(self, "redress", None)
        return redress.act if redress else ""

    @property
    def form(self) -> str:
        """In what form its words are kept: those of its kind, or of a withdrawal."""
        return WITHDRAWAL if self.act == CircularRedress.Act.WITHDRAW else self.kind

    @property
    def form_words(self) -> str:
        """What it is, in words."""
        return str(_("撤销通报")) if self.form == WITHDRAWAL else self.get_kind_display()

    @property
    def root_pk(self) -> int:
        """The circular with which the chain of corrections began."""
        return self.redress.root_id if self.act else self.pk

    @property
    def successor(self) -> Circular | None:
        """The correction or withdrawal that followed upon it, in whatever state."""
        row = CircularRedress.objects.filter(first=self.pk).select_related("circular").first()
        return row.circular if row else None

    @property
    def withdrawn_by(self) -> Circular | None:
        """The issued paper by which it counts as withdrawn, together with what it corrects."""
        if self.form == WITHDRAWAL:
            return None
        out = CircularRedress.objects.withdrawals().filter(root=self.root_pk)
        row = out.select_related("circular__current_version").first()
        return row.circular if row else None


class CircularRedressQuerySet(models.QuerySet["CircularRedress"]):
    def withdrawals(self) -> CircularRedressQuerySet:
        """Those that are issued: before, nothing is withdrawn."""
        return self.filter(act=CircularRedress.Act.WITHDRAW, circular__state__in=OUT)


class CircularRedress(models.Model):
    """Marks a circular as the one that puts an issued one right; the first stays as signed.

    One follows upon another: a paper is corrected or withdrawn once, and afterwards it is the
    correction that may be. A withdrawal ends the chain and takes all of it back.
    """

    class Act(models.TextChoices):
        CORRECT = "correct", _("更正")
        WITHDRAW = "withdraw", _("撤销")

    circular = models.OneToOneField(
        Circular, models.CASCADE, primary_key=True, related_name="redress"
    )
    act = models.CharField(_("办理"), max_length=10, choices=Act)
    first = models.OneToOneField(Circular, models.PROTECT, related_name="followed")
    root = models.ForeignKey(Circular, models.PROTECT, related_name="+")

    objects = CircularRedressQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通报更正和撤销")
        constraints = [
            models.CheckConstraint(
                name="circular_redress_corrects_or_withdraws",
                condition=Q(act__in=("correct", "withdraw")),
            ),
            models.CheckConstraint(
                name="circular_redress_of_another_one",
                condition=~Q(circular=F("first")) & ~Q(circular=F("root")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.circular)


class CircularVersionQuerySet(models.QuerySet["CircularVersion"]):
    def visible_to(self, user: User) -> CircularVersionQuerySet:
        """All versions in one's own office; elsewhere only what was issued."""
        if not user.is_authenticated:
            return self.none()
        own = Q(circular__organisation__in=with_absorbed(user, Permission.REPORT_VIEW))
        out = Q(circular__state__in=OUT, pk=F("circular__current_version"))
        return self.filter(own | out, circular__in=Circular.objects.visible_to(user))


class CircularVersion(models.Model):
    """The words of a circular at one time, never changed; persons in them are masked."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    # What it says, in its form: see reporting/circulars.py, situations.py and withdrawals.py.
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    edited_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("编辑时间"))
    approved_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    docx = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    pdf = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")

    objects = CircularVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通报版本")
        ordering = ["circular", "number"]
        constraints = [
            models.UniqueConstraint(
                name="circular_version_number_once", fields=["circular", "number"]
            ),
            models.CheckConstraint(
                name="circular_version_four_eyes",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("edited_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular} v{self.number}"

    @property
    def note(self) -> str:
        """What a correction puts right, and why; why a withdrawal withdraws."""
        return str(self.content.get("note", ""))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and "content" in (kwargs.get("update_fields") or ["content"]):
            raise TypeError("the words of a version are never changed")
        super().save(*args, **kwargs)


class CircularReceiptQuerySet(models.QuerySet["CircularReceipt"]):
    def visible_to(self, user: User) -> CircularReceiptQuerySet:
        """All of one's own office's circulars; a company its own."""
        if not user.is_authenticated:
            return self.none()
        offices = Q(circular__organisation__in=with_absorbed(user, Permission.REPORT_VIEW))
        return self.filter(offices | Q(organisation__in=with_absorbed(user, Permission.CASE_VIEW)))


class CircularReceipt(models.Model):
    """An organisation that a circular went to signed for it: who, and when."""

    circular = models.ForeignKey(Circular, models.CASCADE, related_name="receipts")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("签收时间"))

    objects = CircularReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通报签收")
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="circular_signed_for_once", fields=["circular", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circular} · {self.organisation}"
