"""How a case came in by a form, of the web or of the desk, and how the complainant rates it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.case import Case
from core.fields import EncryptedTextField


class Submission(models.Model):
    """A case that somebody sent in by the public form; each form is taken once."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="submission")
    # Keyed hash of the mark that the form carried: the same form again is the same case.
    ticket = models.CharField(max_length=64, unique=True)
    consent = models.CharField(_("告知文本版本"), max_length=20)
    at = models.DateTimeField(_("提交时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("网上提交")

    def __str__(self) -> str:
        return str(self.case)


class Intake(models.Model):
    """A form of the desk that made a case; each form is taken once."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="intakes")
    # Keyed hash of the mark that the form carried, and of whoever sent it.
    ticket = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("人工登记")

    def __str__(self) -> str:
        return str(self.case)


class Rating(models.Model):
    """How content the complainant is with what was done, in their own words; given once."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="rating")
    satisfaction = models.CharField(_("满意度"), max_length=40)
    comment = EncryptedTextField(_("评价意见"), blank=True)
    at = models.DateTimeField(_("评价时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("诉求人评价")

    def __str__(self) -> str:
        return f"{self.case} · {self.satisfaction}"
