"""Registers: versions of definitions, and the entries of all of them in one table.

Source: the standard on grid integration, chapters 4 to 7: whatever is only recorded, listed,
reviewed and counted.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.fields import EncryptedJSONField
from core.spans import in_force
from grids.models.ground import PowerGrid
from grids.registers import definition as definitions
from grids.registers.definition import Definition
from grids.registers.moves import COUNTED, Move, State

if TYPE_CHECKING:
    from accounts.models import User

VIEW = Permission.REGISTER_VIEW


def sides_of(user: User) -> set[str]:
    """As what somebody reads registers."""
    if not user.is_authenticated:
        return set()
    sides = set()
    for place in workplaces(user, VIEW):
        if place.is_company:
            sides |= {definitions.COMPANY, definitions.MEMBER}
        elif place.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT:
            sides.add(definitions.GOVERNMENT)
        else:
            sides.add(definitions.REGULATOR)
    if any(place.is_company for place in workplaces(user, Permission.GRID_MANAGE)):
        sides.add(definitions.KEEPER)
    return sides


def read_by(user: User) -> dict[str, set[str]]:
    """Codes of the registers that somebody reads, by the side as which they do; asked once for a
    request, as what a person may do is."""
    known: dict[str, set[str]] | None = user.__dict__.get("registers_read")
    if known is None:
        registers = list(Register.objects.all()) if (sides := sides_of(user)) else []
        known = {
            side: {one.code for one in registers if side in one.definition.options.reads}
            for side in sides
        }
        user.__dict__["registers_read"] = known
    return known


class RegisterQuerySet(models.QuerySet["Register"]):
    def known(self, *, on: date) -> RegisterQuerySet:
        """Versions that had begun by a day and had not ended."""
        return self.filter(in_force(on))

    def visible_to(self, user: User) -> RegisterQuerySet:
        """Those that somebody reads in one of their places."""
        return self.filter(code__in=set().union(*read_by(user).values()))


class Register(models.Model):
    """One version of a definition; entries keep the one by which they were made."""

    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"))
    title = models.CharField(_("台账"), max_length=60)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    # JSON, see ``grids.registers.definition``.
    content = models.TextField(_("内容"))
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台账定义")
        ordering = ["position", "code", "version"]
        constraints = [
            models.UniqueConstraint(name="register_version_once", fields=["code", "version"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def definition(self) -> Definition:
        return definitions.read(self.content)


class RegisterEntryQuerySet(models.QuerySet["RegisterEntry"]):
    def visible_to(self, user: User) -> RegisterEntryQuerySet:
        """By the register, who reads it: the company's own units and those above, regulators of
        the territory, the person whom it concerns, government departments of paired grids."""
        if not user.is_authenticated or not user.can(VIEW):
            return self.none()
        seen = Q(pk__in=())
        for side, codes in read_by(user).items():
            seen |= Q(code__in=codes) & _scope(side, user)
        return self.filter(seen)

    def standing(self) -> RegisterEntryQuerySet:
        return self.filter(state=State.STANDING)

    def counted(self) -> RegisterEntryQuerySet:
        return self.filter(state__in=COUNTED)

    def stale(self, *, on: date) -> RegisterEntryQuerySet:
        """Those that somebody should have looked at again by now."""
        return self.filter(state=State.STANDING, review_due_on__lt=on)

    def current(self, *, on: date) -> RegisterEntryQuerySet:
        """Without those whose place in their series a later one has taken."""
        later = RegisterEntry.objects.filter(
            code=OuterRef("code"),
            organisation=OuterRef("organisation"),
            series=OuterRef("series"),
            state__in=COUNTED,
            day__lte=on,
            day__gt=OuterRef("day"),
        )
        return self.filter(Q(series="") | ~Exists(later))


def _scope(side: str, user: User) -> Q:
    if side == definitions.MEMBER:
        return Q(member__user=user)
    if side == definitions.GOVERNMENT:
        return _paired(user)
    if side == definitions.REGULATOR:
        seen = Organisation.objects.visible_to(user, VIEW).order_by().values("pk")
        return Q(organisation__in=seen) | Q(grid__enterprise__in=seen)
    permission = Permission.GRID_MANAGE if side == definitions.KEEPER else VIEW
    below = Q(pk__in=())
    for place in workplaces(user, permission):
        if place.is_company:
            below |= Q(path__startswith=place.path)
    units = Organisation.objects.filter(below).order_by().values("pk")
    own = Q(organisation__in=units) | Q(parent__organisation__in=units)
    return own | Q(grid__enterprise__in=units) | Q(grid__station__in=units)


def _paired(user: User) -> Q:
    """Of grids that pair with those of a department, and of the units that run these."""
    departments = [
        place.pk
        for place in workplaces(user, VIEW)
        if place.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT
    ]
    grids = PowerGrid.objects.filter(
        pairings__government_grid__department__in=departments
    ).order_by()
    units = Q(organisation__in=grids.values("enterprise"))
    units |= Q(organisation__in=grids.exclude(station=None).values("station"))
    return (
        Q(organisation__in=departments)
        | Q(grid__in=grids.values("pk"))
        | Q(grid__isnull=True) & units
    )


class RegisterEntry(models.Model):
    """One entry of one register."""

    register = models.ForeignKey(
        Register, models.PROTECT, related_name="entries", verbose_name=_("台账")
    )
    code = models.CharField(_("台账代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=120)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("登记单位")
    )
    grid = models.ForeignKey(
        PowerGrid,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="register_entries",
        verbose_name=_("电力网格"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("所属条目"),
    )
    member = models.ForeignKey(
        "grids.GridMember",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("网格人员"),
    )
    values = models.JSONField(_("内容"), default=dict)
    # What is personal, by column.
    private = EncryptedJSONField(_("个人信息"), null=True, blank=True)
    # What was said at the end.
    ending = models.JSONField(_("办结内容"), default=dict, blank=True)
    # What is not personal, in one text, to be searched.
    words = models.TextField(blank=True)
    # What may be there once in a register of a unit; empty where nothing may not.
    identity = models.CharField(max_length=200, blank=True)
    series = models.CharField(max_length=120, blank=True)
    day = models.DateField(_("日期"))
    starts_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    review_due_on = models.DateField(_("复核期限"), null=True, blank=True)
    # Which of its days people were written to about.
    alerted_for = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    written_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台账条目")
        ordering = ["code", "-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="register_entry_once",
                fields=["organisation", "code", "identity"],
                condition=~Q(identity="") & ~Q(state="struck"),
            ),
            models.CheckConstraint(
                name="register_entry_ends_after_it_starts",
                condition=Q(ends_at__isnull=True)
                | Q(starts_at__isnull=True)
                | Q(ends_at__gt=F("starts_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["code", "-day", "-id"], name="register_entry_by_day"),
            models.Index(fields=["organisation", "code", "state"], name="register_entry_by_unit"),
            models.Index(fields=["grid", "code", "state"], name="register_entry_by_grid"),
            models.Index(
                fields=["review_due_on"],
                name="register_entry_by_review",
                condition=Q(state="standing"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def definition(self) -> Definition:
        return self.register.definition

    @property
    def number(self) -> str:
        return f"{self.definition.options.prefix}-{self.pk:06d}"

    @property
    def everything(self) -> dict[str, Any]:
        """All values by column, in full."""
        return {**self.values, **(self.private or {})}

    def is_stale(self, *, on: date) -> bool:
        return bool(self.state == State.STANDING and self.review_due_on and self.review_due_on < on)


class OfEntryQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfEntryQuerySet:
        """With their entries."""
        seen = RegisterEntry.objects.visible_to(user).order_by()
        return self.filter(entry__in=seen.values("pk"))


class RegisterChange(models.Model):
    """What happened to an entry, with what it said then; never changed."""

    entry = models.ForeignKey(RegisterEntry, models.CASCADE, related_name="changes")
    sequence = models.PositiveIntegerField(_("序号"))
    move = models.CharField(_("事项"), max_length=10, choices=Move)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("说明"), max_length=300, blank=True)
    # What is not personal as it stood afterwards, and the columns that changed.
    values = models.JSONField(default=dict, blank=True)
    changed = models.JSONField(default=list, blank=True)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台账变更")
        ordering = ["entry", "sequence"]
        constraints = [
            models.UniqueConstraint(
                name="register_change_place_once", fields=["entry", "sequence"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.get_move_display()}"


class RegisterFile(models.Model):
    """A photo or document of an entry; ``at_end``: it shows how it ended."""

    entry = models.ForeignKey(RegisterEntry, models.CASCADE, related_name="files")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    at_end = models.BooleanField(_("办结材料"), default=False)
    added_at = models.DateTimeField(_("上传时间"))

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台账文件")
        ordering = ["entry", "pk"]

    def __str__(self) -> str:
        return self.file.name
