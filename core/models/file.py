"""Files kept for the apps: one row per upload, one copy per content."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One upload. Written by ``core.files.store`` alone and never changed.

    The content lies under its SHA-256 below MEDIA_ROOT; two uploads of the same content share it.
    ``organisation`` is a code and not a foreign key: core knows no app above it.
    """

    uuid = models.UUIDField(_("编号"), unique=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(_("摘要（SHA-256）"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    name = models.CharField(_("文件名"), max_length=150)
    kind = models.CharField(_("类型"), max_length=10)
    content_type = models.CharField(_("内容类型"), max_length=100)
    purpose = models.CharField(_("用途"), max_length=40)
    organisation = models.CharField(_("单位代码"), max_length=32, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("上传人"),
    )
    # "clean" when a scanner looked at it, "unscanned" where none is set up.
    scan = models.CharField(_("病毒扫描"), max_length=10, default="unscanned")
    created_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="stored_file_has_content",
                condition=models.Q(size__gt=0) & ~models.Q(sha256=""),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the content lies."""
        return path_of(self.sha256)

    @property
    def is_image(self) -> bool:
        return self.kind in ("jpeg", "png")

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("file", args=[self.uuid])


def path_of(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256
