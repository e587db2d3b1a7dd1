"""Filings: what a company reports for a duty, version by version, with receipt and review.

Source: campaign plan 五(一)3 (S1-5.1.3), 二(二)1 (S1-2.2.1a).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.scope import organisations_seen, workplaces
from reporting.fields import EncryptedJSONField
from reporting.workflow.filing import FILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User


def filer_side(user: User, prefix: str = "") -> Q:
    """Condition: the organisation is one that the person works in (companies: or above)."""
    condition = Q(pk__in=())
    for place in workplaces(user, Permission.FILING_VIEW):
        if place.is_company:
            condition |= Q(**{f"{prefix}organisation__path__startswith": place.path})
        else:
            condition |= Q(**{f"{prefix}organisation": place})
    return condition


def recipient_side(user: User, prefix: str = "") -> Q:
    """Condition: the filing goes or is copied to the person's office, or lies in its territory."""
    places = [p for p in workplaces(user, Permission.FILING_VIEW) if p.is_regulator]
    if not places:
        return Q(pk__in=())
    seen = Organisation.objects.filter(organisations_seen(user))
    copied = FilingCopy.objects.filter(
        filing=OuterRef("filing_id" if prefix else "pk"), organisation__in=places
    )
    return (
        Q(**{f"{prefix}organisation__in": seen})
        | Q(**{f"{prefix}recipient__in": places})
        | Q(Exists(copied))
    )


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> FilingQuerySet:
        """A company's own filings; for regulators those that were filed at least once."""
        if not user.is_authenticated:
            return self.none()
        filed = Q(filed_version__isnull=False)
        return self.filter(filer_side(user) | (filed & recipient_side(user)))


class Filing(models.Model):
    """The report of one organisation for one duty; its content stands in the versions."""

    duty = models.OneToOneField("campaign.Duty", models.PROTECT, related_name="filing")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="filings", verbose_name=_("报送单位")
    )
    recipient = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="received_filings",
        verbose_name=_("受理单位"),
    )
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    current_version = models.ForeignKey(
        "reporting.FilingVersion", models.PROTECT, null=True, related_name="+"
    )
    # The last version that left the company: all that a regulator ever sees.
    filed_version = models.ForeignKey(
        "reporting.FilingVersion", models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("开始填报时间"))

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报送")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(name="filing_by_recipient", fields=["recipient", "state"])]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.duty.definition.title}"


class FilingVersionQuerySet(models.QuerySet["FilingVersion"]):
    def filed(self) -> FilingVersionQuerySet:
        return self.filter(state__in=FILED_STATES)

    def visible_to(self, user: User) -> FilingVersionQuerySet:
        """All versions for the filing organisation; for regulators only what was filed."""
        if not user.is_authenticated:
            return self.none()
        filed = Q(state__in=FILED_STATES)
        return self.filter(
            filer_side(user, "filing__") | (filed & recipient_side(user, "filing__"))
        )


class FilingVersion(models.Model):
    """One version of a filing: drafted, certified by a second person, filed, reviewed.

    ``parts`` holds {part code: {"rows": [...], "text": "..."}}, encrypted at rest because lists
    name persons and telephones. ``digest`` is the SHA-256 of the canonical content with the hashes
    of all attached files (``reporting.digest``).
    """

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    parts = EncryptedJSONField(_("内容"), default=dict)
    # Which definition of each part holds for this version: {code: version of the definition}.
    part_versions = models.JSONField(default=dict)
    # How often each part was saved: whoever saves says which saving they saw.
    revisions = models.JSONField(default=dict)
    # Soft warnings that the filer confirmed: {warning key: reason}.
    confirmed_warnings = models.JSONField(_("已说明的提示"), default=dict)
    # What the last review found deficient: [{part, problem, rule}].
    deficient = models.JSONField(_("退回问题"), default=list)
    # Everybody who wrote in it; none of them may certify it.
    editors = models.JSONField(default=list)
    drafted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("填报人")
    )
    drafted_at = models.DateTimeField(_("填报时间"))
    requested_at = models.DateTimeField(_("提交复核时间"), null=True, blank=True)
    sent_back_reason = models.TextField(_("退回填报人的理由"), blank=True)
    certified_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("认证人"),
    )
    certified_at = models.DateTimeField(_("认证时间"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    due_at_submission = models.DateTimeField(_("报送时的截止时间"), null=True, blank=True)
    is_late = models.BooleanField(_("逾期"), default=False)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    # By when the regulator is to act (receive, then review), with the rule that says so.
    review_due_at = models.DateTimeField(_("办理期限"), null=True, blank=True)
    review_due_explanation = models.JSONField(default=list)

    objects = FilingVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报送版本")
        ordering = ["filing", "number"]
        constraints = [
            models.UniqueConstraint(name="filing_version_number_once", fields=["filing", "number"]),
            models.CheckConstraint(
                name="filing_version_four_eyes",
                condition=Q(certified_by__isnull=True) | ~Q(certified_by=F("drafted_by")),
            ),
            models.CheckConstraint(
                name="filing_version_certified_by_and_at_together",
                condition=Q(certified_by__isnull=True, certified_at__isnull=True)
                | Q(certified_by__isnull=False, certified_at__isnull=False),
            ),
            models.CheckConstraint(
                name="filing_version_filed_with_time_digest_and_certifier",
                condition=Q(
                    state__in=[State.DRAFT, State.CERTIFYING],
                    submitted_at__isnull=True,
                    digest="",
                )
                | Q(
                    state__in=list(FILED_STATES),
                    submitted_at__isnull=False,
                    due_at_submission__isnull=False,
                    certified_by__isnull=False,
                )
                & ~Q(digest=""),
            ),
            models.CheckConstraint(
                name="filing_version_number_from_one", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing} v{self.number}"

    @property
    def is_filed(self) -> bool:
        return self.state in FILED_STATES

    def rows(self, code: str) -> list[dict[str, Any]]:
        """Rows of a part; empty where nothing was filled in."""
        return list((self.parts.get(code) or {}).get("rows") or [])

    def text(self, code: str) -> str:
        """Running text of a part."""
        return str((self.parts.get(code) or {}).get("text") or "")

    @property
    def deficient_parts(self) -> set[str]:
        """Codes of the parts that the last review sent back."""
        return {item["part"] for item in self.deficient}


class Attachment(models.Model):
    """A file that belongs to a part of a version, or to one row of it (a window's photo)."""

    version = models.ForeignKey(FilingVersion, models.CASCADE, related_name="attachments")
    part = models.CharField(_("材料"), max_length=40)
    row_key = models.CharField(max_length=40, blank=True)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    caption = models.CharField(_("说明"), max_length=120, blank=True)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("附件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)


class PartUpload(models.Model):
    """A workbook that was read and waits for the filer to take its rows over or to mend it."""

    version = models.ForeignKey(FilingVersion, models.CASCADE, related_name="uploads")
    part = models.CharField(_("材料"), max_length=40)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    rows = EncryptedJSONField(default=list)
    problems = EncryptedJSONField(default=list)
    # The revision of the part when the file was read: a later saving makes it stale.
    seen = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))
    confirmed_at = models.DateTimeField(_("采用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("表格上传")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.version} · {self.part}"

    @property
    def has_errors(self) -> bool:
        """Whether a hard error keeps the rows from being taken over."""
        return any(problem["severity"] == "hard" for problem in self.problems)


class FilingCopy(models.Model):
    """A filed version went to another office as a copy, by territory rule (S1-5.1.3b)."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="copies")
    version = models.ForeignKey(FilingVersion, models.CASCADE, related_name="copies")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="filing_copies"
    )
    at = models.DateTimeField(_("抄送时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("抄送")
        constraints = [
            models.UniqueConstraint(
                name="filing_copy_once_per_version", fields=["version", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} → {self.organisation}"
