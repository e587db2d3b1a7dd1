"""Hazards of electricity use and supply: reported by either side, graded, owned, put right, closed.

Source: grid standard 4.2.2, 5.6.1 (S2-4.2.2a, S2-4.2.2b, S2-5.6.1c).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.fields import EncryptedTextField
from core.spans import Dated, ends_after_it_starts
from grids.hazards.moves import OPEN, RUNNING, Move, Side, State

if TYPE_CHECKING:
    from accounts.models import User


def units_of(user: User) -> models.QuerySet[Organisation, dict[str, Any]]:
    """Numbers of the organisations whose hazards and patrols a person sees."""
    seen = Organisation.objects.visible_to(user, Permission.HAZARD_VIEW)
    return seen.order_by().values("pk")


def seen_by(user: User) -> Q:
    """What belongs to a unit of the company or to a department of the government in sight."""
    units = units_of(user)
    return Q(organisation__in=units) | Q(department__in=units)


class HazardTermQuerySet(Dated["HazardTerm"]):
    def visible_to(self, user: User) -> HazardTermQuerySet:
        """Whoever works with hazards reads what they are called."""
        if user.is_authenticated and user.can(Permission.HAZARD_VIEW):
            return self
        return self.none()

    def kinds(self, *, on: date) -> HazardTermQuerySet:
        return self.on(on).filter(sort=HazardTerm.Sort.KIND)

    def grades(self, *, on: date) -> HazardTermQuerySet:
        return self.on(on).filter(sort=HazardTerm.Sort.GRADE)


class HazardTerm(models.Model):
    """A kind or a grade of hazards, from a day on. How many days a grade has stands in the grid
    rules (``hazard_due_<grade>``), which a unit may tighten."""

    class Sort(models.TextChoices):
        KIND = "kind", _("隐患类别")
        GRADE = "grade", _("隐患等级")

    class Group(models.TextChoices):
        HAZARD = "hazard", _("安全隐患")
        ILLEGAL_USE = "illegal_use", _("违约用电、窃电")
        QUALITY = "quality", _("供电质量")

    sort = models.CharField(_("类型"), max_length=10, choices=Sort)
    code = models.CharField(_("代码"), max_length=30)
    title = models.CharField(_("名称"), max_length=60)
    group = models.CharField(_("类别"), max_length=12, choices=Group, blank=True)
    # Of a kind: both sides have to govern it together (S2-4.2.2b).
    joint = models.BooleanField(_("共同治理"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = HazardTermQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("隐患目录")
        ordering = ["sort", "position", "pk"]
        constraints = [
            models.UniqueConstraint(name="hazard_term_once", fields=["sort", "code", "valid_from"]),
            ends_after_it_starts("hazard_term_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title


class HazardQuerySet(models.QuerySet["Hazard"]):
    def visible_to(self, user: User) -> HazardQuerySet:
        """To the company's unit and the government's department that it concerns, and those above
        these."""
        return self.filter(seen_by(user)) if user.is_authenticated else self.none()

    def open(self) -> HazardQuerySet:
        return self.filter(state__in=OPEN)

    def overdue(self, *, now: datetime) -> HazardQuerySet:
        """Not put right when its day had passed."""
        return self.filter(state__in=RUNNING, due_at__lte=now - timedelta(seconds=1))

    def owned_by(self, user: User) -> HazardQuerySet:
        return self.filter(Q(company_owner=user) | Q(government_owner=user))


def _somebody(label: object) -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,  # type: ignore[arg-type]
    )


class Hazard(models.Model):
    """One hazard at one place of a power grid, with its owners on either side or on both."""

    class Source(models.TextChoices):
        REPORT = "report", _("随手上报")
        JOINT = "joint", _("联合排查")
        DAILY = "daily", _("网格日常巡视")
        ACTIVE = "active", _("主动运维巡视")

    SIDES = [(one.value, one.label) for one in (Side.COMPANY, Side.GOVERNMENT)]

    number = models.CharField(_("编号"), max_length=40, unique=True)
    kind = models.ForeignKey(
        HazardTerm, models.PROTECT, related_name="+", verbose_name=_("隐患类别")
    )
    content = models.CharField(_("隐患情况"), max_length=300)
    place = EncryptedTextField(_("地点"), blank=True)
    transformer_area = models.CharField(_("台区"), max_length=60, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)

    side = models.CharField(_("上报方"), max_length=12, choices=SIDES)
    reporter = _somebody(_("上报人"))
    source = models.CharField(_("来源"), max_length=10, choices=Source, default=Source.REPORT)
    patrol = models.ForeignKey(
        "grids.Patrol",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        verbose_name=_("排查、巡视"),
    )

    grid = models.ForeignKey(
        "grids.PowerGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        verbose_name=_("电力网格"),
    )
    # Why no grid was found (``grids.queries.locating``); empty where there is one.
    unlocated = models.CharField(max_length=20, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    department = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("政府网格主管部门"),
    )

    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.REPORTED)
    grade = models.ForeignKey(
        HazardTerm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("隐患等级"),
    )
    company_owner = _somebody(_("企业责任人"))
    company_accepted_at = models.DateTimeField(_("企业认领时间"), null=True, blank=True)
    government_owner = _somebody(_("政府责任人"))
    government_accepted_at = models.DateTimeField(_("政府认领时间"), null=True, blank=True)

    reported_at = models.DateTimeField(_("上报时间"))
    # The clock starts when it is graded first; passing it on does not start it anew.
    graded_at = models.DateTimeField(_("定级时间"), null=True, blank=True)
    # As the rule of that day said: {"value", "unit", "basis"}; and what was added to it.
    limit = models.JSONField(default=dict, blank=True)
    extensions = models.JSONField(_("延期"), default=list, blank=True)
    due_at = models.DateTimeField(_("治理期限"), null=True, blank=True)
    provisional = models.BooleanField(default=False)
    explanation = models.JSONField(default=list, blank=True)

    measure = models.CharField(_("治理情况"), max_length=300, blank=True)
    rectified_at = models.DateTimeField(_("治理完成时间"), null=True, blank=True)
    rectified_by = _somebody(_("治理人"))
    in_time = models.BooleanField(_("按期治理"), null=True, blank=True)
    verified_at = models.DateTimeField(_("核验时间"), null=True, blank=True)
    verified_by = _somebody(_("核验人"))
    verified_side = models.CharField(max_length=12, blank=True)
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)

    # For which deadline people were written to, before it and after it.
    reminded_for = models.DateTimeField(null=True, blank=True)
    alerted_for = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(_("更新时间"))

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("隐患")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="hazard_in_hand_has_grade_day_and_owner",
                condition=Q(state__in=[State.REPORTED, State.DISMISSED])
                | Q(grade__isnull=False, due_at__isnull=False)
                & (Q(company_owner__isnull=False) | Q(government_owner__isnull=False)),
            ),
            models.CheckConstraint(
                name="hazard_closed_after_it_was_verified",
                condition=~Q(state=State.CLOSED)
                | Q(verified_at__isnull=False, rectified_at__isnull=False, closed_at__isnull=False),
            ),
            # Nobody verifies what they put right themselves.
            models.CheckConstraint(
                name="hazard_verified_by_somebody_else",
                condition=Q(verified_by__isnull=True)
                | Q(rectified_by__isnull=True)
                | ~Q(verified_by=F("rectified_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="hazard_by_time"),
            models.Index(fields=["organisation", "-reported_at", "-id"], name="hazard_by_unit"),
            models.Index(fields=["department", "-reported_at"], name="hazard_by_department"),
            models.Index(fields=["grid", "state"], name="hazard_by_grid"),
            models.Index(
                fields=["due_at"], name="hazard_by_due", condition=Q(state__in=sorted(RUNNING))
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def joint(self) -> bool:
        """Governed by both sides together."""
        return self.company_owner_id is not None and self.government_owner_id is not None

    @property
    def owners(self) -> list[User]:
        return [one for one in (self.company_owner, self.government_owner) if one is not None]

    @property
    def accepted(self) -> bool:
        """Whether every side that owns it has accepted it."""
        return not (self.company_owner_id and not self.company_accepted_at) and not (
            self.government_owner_id and not self.government_accepted_at
        )


class OfHazardQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfHazardQuerySet:
        """With their hazards."""
        return self.filter(hazard__in=Hazard.objects.visible_to(user).order_by().values("pk"))


class HazardEvent(models.Model):
    """What happened to a hazard; never changed."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=12, choices=Move)
    at = models.DateTimeField(_("时间"))
    by = _somebody(_("经办人"))
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    text = models.CharField(_("说明"), max_length=300, blank=True)

    objects = OfHazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("隐患记录")
        ordering = ["hazard", "sequence"]
        constraints = [
            models.UniqueConstraint(name="hazard_event_place_once", fields=["hazard", "sequence"]),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} {self.get_kind_display()}"


class HazardPhoto(models.Model):
    """A picture taken on site: of the hazard, or of what was done about it (``proof``)."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="photos")
    event = models.ForeignKey(HazardEvent, models.CASCADE, related_name="photos")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    proof = models.BooleanField(_("治理后"), default=False)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("拍摄时间"))
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)

    objects = OfHazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("隐患照片")
        ordering = ["hazard", "pk"]

    def __str__(self) -> str:
        return str(self.file)


class HazardReport(models.Model):
    """Under which number a system of a unit reported a hazard: the same number again is the same
    hazard, and with other content it is refused."""

    hazard = models.OneToOneField(Hazard, models.CASCADE, related_name="report")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    number = models.CharField(_("平台编号"), max_length=40)
    # Keyed hash of the content.
    digest = models.CharField(max_length=64)

    objects = OfHazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("接口上报的隐患")
        constraints = [
            models.UniqueConstraint(
                name="hazard_report_number_once", fields=["organisation", "number"]
            ),
        ]

    def __str__(self) -> str:
        return self.number
