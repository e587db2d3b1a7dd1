"""Administrative regions by GB/T 2260 code."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """A region of GB/T 2260: province (two digits and 0000), prefecture (four and 00) or county."""

    code = models.CharField(_("行政区划代码"), max_length=6, primary_key=True)
    name = models.CharField(_("名称"), max_length=40)
    short_name = models.CharField(_("简称"), max_length=20)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("行政区划")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def province_code(self) -> str:
        """Code of the province that the region lies in."""
        return self.code[:2] + "0000"
