"""Terms by era, and procedures: the rules by which cases are counted and handled, as data."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.spans import Dated, ends_after_it_starts


class TermQuerySet(Dated["Term"]):
    def of(self, kind: str) -> TermQuerySet:
        return self.filter(kind=kind)

    def for_source(self, source: str) -> list[Term]:
        """Those that cases of a source use (few rows: sorted out in Python)."""
        return [term for term in self if not term.sources or source in term.sources]

    def labels(self, kind: str, *, on: date) -> dict[str, str]:
        """Code → label in the reader's language, as it was called on a day."""
        return {term.code: term.shown for term in self.of(kind).on(on)}


class Term(models.Model):
    """One entry of a list: its code stays, its label may change from era to era."""

    class Kind(models.TextChoices):
        NATURE = "nature", _("诉求性质")
        CHANNEL = "channel", _("反映渠道")
        INDUSTRY = "industry", _("行业")
        CATEGORY = "category", _("业务类别")
        TARGET = "target", _("被反映对象")
        OUTCOME = "outcome", _("办理结论")
        URGENCY = "urgency", _("紧急程度")
        AREA_TYPE = "area_type", _("城乡类别")
        SATISFACTION = "satisfaction", _("满意度")
        REFUSAL_GROUND = "refusal_ground", _("不予受理理由")
        EXTENSION_GROUND = "extension_ground", _("延期理由")
        RETURN_REASON = "return_reason", _("退单原因")
        PAUSE_REASON = "pause_reason", _("暂停原因")
        SAFETY = "safety", _("抢修安全措施")

    kind = models.CharField(_("目录"), max_length=20, choices=Kind)
    code = models.CharField(_("代码"), max_length=40)
    label = models.CharField(_("名称"), max_length=60)
    label_en = models.CharField(_("英文名称"), max_length=120)
    # Other spellings that files and bulletins carry.
    also = models.JSONField(_("其他写法"), default=list, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    # Sources or natures that use it; empty: all.
    sources = models.JSONField(_("适用来源"), default=list, blank=True)
    natures = models.JSONField(_("适用性质"), default=list, blank=True)
    # Of a category: what residents feel directly comes first (S1-1.1.1).
    livelihood = models.BooleanField(_("民生"), default=False)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求目录")
        ordering = ["kind", "order", "code"]
        constraints = [
            models.UniqueConstraint(
                name="term_code_once_per_kind_and_start", fields=["kind", "code", "valid_from"]
            ),
            ends_after_it_starts("term_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The label in the reader's language."""
        return self.label_en if (translation.get_language() or "").startswith("en") else self.label


class Procedure(models.Model):
    """How cases of some sources and natures are handled from one day to another.

    A version that cases follow is never changed: a new rule is a new version.
    """

    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120)
    basis = models.CharField(_("依据"), max_length=500)
    sources = models.JSONField(_("适用来源"), default=list)
    natures = models.JSONField(_("适用性质"), default=list, blank=True)
    # Code of the organisation in whose subtree it applies; empty: everywhere.
    scope = models.CharField(_("适用单位"), max_length=32, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    definition = models.JSONField(_("定义"))
    digest = models.CharField(max_length=64)

    objects = Dated.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("办理程序")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(name="procedure_version_once", fields=["code", "version"]),
        ]

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english else self.name
