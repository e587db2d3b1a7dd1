"""Files of a case: scans, recordings, photos of the site, replies; and who may open each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models.case import Case
from complaints.scope import units_below
from complaints.workflow import REPORT

if TYPE_CHECKING:
    from accounts.models import User


class CaseAttachmentQuerySet(models.QuerySet["CaseAttachment"]):
    def standing(self) -> CaseAttachmentQuerySet:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> CaseAttachmentQuerySet:
        """Those that the person may open: of a case in sight, and written for their side.

        What gives a secret complainant away (a letter, a voice) stays with whoever received the
        case, whatever was ticked.
        """
        seen = self.standing().filter(case__in=Case.objects.visible_to(user))
        places = workplaces(user, Permission.CASE_VIEW)
        if any(place.is_regulator for place in places):
            return seen.filter(Q(to_regulator=True) | Q(by=user))
        ours = Q(pk__in=())
        for place in places:
            ours |= Q(case__owner__in=units_below(place))
        told = Q(to_company=True) & (ours | ~(Q(kind__in=TELLING) & SECRET))
        return seen.filter(told | Q(by=user))


class CaseAttachment(models.Model):
    """A file of a case: a scan of a letter, a photo, a reply."""

    class Kind(models.TextChoices):
        SCAN = "scan", _("来信来访材料")
        RECORDING = "recording", _("录音")
        PHOTO = "photo", _("现场照片")
        REPLY = "reply", _("答复材料")
        OTHER = "other", _("其他")

    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.OTHER)
    label = models.CharField(_("说明"), max_length=80, blank=True)
    to_regulator = models.BooleanField(_("监管机构可见"), default=True)
    # What shows the complainant stays with whoever received the case.
    to_company = models.BooleanField(_("供电企业可见"), default=False)
    to_complainant = models.BooleanField(_("可提供给诉求人"), default=False)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("上传时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CaseAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求附件")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.label or str(self.file)


# Files that tell who the complainant is by themselves.
TELLING = (CaseAttachment.Kind.SCAN, CaseAttachment.Kind.RECORDING)
# Cases whose complainant must stay unknown to all but the receiver.
SECRET = Q(case__nature=REPORT) | Q(case__anonymous=True) | Q(case__confidential=True)
