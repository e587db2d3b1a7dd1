"""Imports of files of cases by people: what was handed in and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.workflow import Source
from core.fields import EncryptedJSONField

if TYPE_CHECKING:
    from accounts.models import User


class CaseImportQuerySet(models.QuerySet["CaseImport"]):
    def visible_to(self, user: User) -> CaseImportQuerySet:
        """Whoever handed a file in, nobody else: its errors show what stands in it."""
        return self.filter(by_id=user.pk) if user.is_authenticated else self.none()


class CaseImport(models.Model):
    """One file of cases, checked and, when all of it was right, entered."""

    class State(models.TextChoices):
        WAITING = "waiting", _("处理中")
        ENTERED = "entered", _("已导入")
        CHECKED = "checked", _("检查通过，未导入")
        FAULTY = "faulty", _("有错误，未导入")
        FAILED = "failed", _("处理未成功")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("首接单位")
    )
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    name = models.CharField(_("文件名"), max_length=150)
    dry_run = models.BooleanField(_("只检查，不导入"), default=False)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    # Kept until the file is done with.
    upload = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    created = models.PositiveIntegerField(_("新登记"), default=0)
    unchanged = models.PositiveIntegerField(_("已在系统中"), default=0)
    faults = models.PositiveIntegerField(_("错误"), default=0)
    # The first of them; all stand in the marked copy. Both go some days later.
    problems = EncryptedJSONField(default=list)
    copy = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")

    objects = CaseImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求导入")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "-at"], name="case_import_by_person")]

    def __str__(self) -> str:
        return self.name
